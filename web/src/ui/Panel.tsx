// A part of the page with a name, a stamp of freshness and a body.
import { type ReactNode, useId } from "react";
import { useWords } from "./words";

interface Props {
  title: string;
  /** The stamp, and whatever else stands at the right of the title. */
  stamp?: ReactNode;
  onClose?: () => void;
  className?: string;
  children: ReactNode;
}

export function Panel({ title, stamp, onClose, className = "", children }: Props) {
  const { t } = useWords();
  const id = useId();
  return (
    <section aria-labelledby={id} className={`panel ${className}`}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {stamp}
        {onClose ? (
          <button type="button" className="icon-button" aria-label={t("closePanel", { title })} onClick={onClose}>
            ✕
          </button>
        ) : null}
      </header>
      {children}
    </section>
  );
}
