// The dialogs that act on an incident: which one, and the sending of the act.
import type { ReactNode } from "react";
import type { Incident } from "../../api/wire";
import { ActForm as Form } from "../../ui/ActForm";
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
  const about = <p className="dialog-about"><SeverityMark severity={incident.severity} /> <strong>{incident.number}</strong> <span className="quiet">{pick(incident.title, incident.kind)}</span></p>;
  return <Form title={t(`incident.act.${act}.title`)} what={t(`incident.act.${act}.do`)} about={about} send={send} body={body} onClose={onClose}>{children}</Form>;
}
