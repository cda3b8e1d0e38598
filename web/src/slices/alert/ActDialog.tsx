// The dialogs that act on an alert: which one, and the sending of the act.
import type { ReactNode } from "react";
import type { Alert } from "../../api/wire";
import { ActForm } from "../../ui/ActForm";
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
  const about = (
    <p className="dialog-about">
      <SeverityMark severity={alert.severity} /> <strong>{pick(alert.title, alert.code)}</strong>
      {alert.device ? <span className="quiet">{alert.device}</span> : null}
    </p>
  );
  return <ActForm title={t(`act.${act}.title`)} what={t(`act.${act}.do`)} about={about} send={send} body={body} onClose={onClose}>{children}</ActForm>;
}
