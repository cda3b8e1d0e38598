// A button that, when it cannot be used, stays reachable and says why.
import { Button, Kbd } from "@mantine/core";
import { useId } from "react";

interface Props {
  label: string;
  /** The key that does the same. */
  stroke?: string;
  /** Why it cannot be used now; null when it can. */
  whyNot: string | null;
  onClick: () => void;
  main?: boolean;
}

export function ActButton({ label, stroke, whyNot, onClick, main = false }: Props) {
  const id = useId();
  return (
    <div className="act">
      <Button
        size="sm"
        px="sm"
        variant={main ? "filled" : "default"}
        aria-disabled={whyNot !== null}
        aria-describedby={whyNot === null ? undefined : id}
        aria-keyshortcuts={stroke?.replace("Ctrl ", "Control+")}
        data-disabled={whyNot !== null || undefined}
        onClick={() => whyNot === null && onClick()}
        rightSection={stroke ? <Kbd size="xs" aria-hidden="true">{stroke}</Kbd> : null}
      >
        {label}
      </Button>
      {whyNot === null ? null : (
        <small id={id} className="why-not">
          {label}: {whyNot}
        </small>
      )}
    </div>
  );
}
