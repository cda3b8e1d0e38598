// The frame of the three dialogs that act on an alert: which alert, the fields, the error, the two buttons.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Alert } from "../../api/wire";
import { Dialog } from "../../ui/Dialog";
import { problemWords } from "../../ui/problemWords";
import { SeverityMark } from "../../ui/SeverityMark";
import { useWords } from "../../ui/words";
import { useAct } from "./act";
import type { Act } from "./may";

interface Props {
  act: Act;
  alert: Alert;
  /** The body to send, or null while the fields are not yet right. */
  body: () => object | null;
  onClose: () => void;
  children?: ReactNode;
}

export function ActDialog({ act, alert, body, onClose, children }: Props) {
  const { t, pick } = useWords();
  const send = useAct(act, alert.id);
  return (
    <Dialog title={t(`act.${act}.title`)} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const sent = body();
          if (sent && !send.isPending) send.mutate(sent, { onSuccess: onClose });
        }}
      >
        <p className="dialog-about">
          <SeverityMark severity={alert.severity} /> <strong>{pick(alert.title, alert.code)}</strong>
          {alert.device ? <span className="quiet">{alert.device}</span> : null}
        </p>
        {children}
        {send.isError ? (
          <p role="alert" className="error">
            {problemWords(t, send.error)}
          </p>
        ) : null}
        <footer className="dialog-foot">
          <Button type="button" variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={send.isPending}>
            {t(`act.${act}.do`)}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
