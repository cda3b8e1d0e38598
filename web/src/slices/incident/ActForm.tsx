// The frame of the dialogs that act on an incident: which one, the fields, the error, the two buttons.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Incident } from "../../api/wire";
import { Dialog } from "../../ui/Dialog";
import { problemWords } from "../../ui/problemWords";
import { SeverityMark } from "../../ui/SeverityMark";
import { useWords } from "../../ui/words";
import { useAct } from "./act";
import type { Act } from "./may";

interface Props {
  act: Act;
  incident: Incident;
  /** The body to send, or null while the fields are not yet right. */
  body: () => object | null;
  onClose: () => void;
  children?: ReactNode;
}

export function ActForm({ act, incident, body, onClose, children }: Props) {
  const { t, pick } = useWords();
  const send = useAct(act, incident);
  return (
    <Dialog title={t(`incident.act.${act}.title`)} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const sent = body();
          if (sent && !send.isPending) send.mutate(sent, { onSuccess: onClose });
        }}
        // A text of several lines goes off with Ctrl+Enter, as everywhere.
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
        }}
      >
        <p className="dialog-about"><SeverityMark severity={incident.severity} /> <strong>{incident.number}</strong> <span className="quiet">{pick(incident.title, incident.kind)}</span></p>
        {children}
        {send.isError ? <p role="alert" className="error">{problemWords(t, send.error)}</p> : null}
        <footer className="dialog-foot">
          <Button type="button" variant="default" onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" loading={send.isPending}>{t(`incident.act.${act}.do`)}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
