// A labelled field of a dialog, with the error under it, around the browser's own control.
import { type ReactNode, useId } from "react";

interface Props {
  label: string;
  error?: string | null;
  children: (id: string, described: string | undefined) => ReactNode;
}

export function Field({ label, error, children }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id, error ? `${id}-error` : undefined)}
      {error ? <small id={`${id}-error`} className="field-error">{error}</small> : null}
    </div>
  );
}
