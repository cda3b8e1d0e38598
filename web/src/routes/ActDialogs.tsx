// The dialog of the act that is going on, if any.
import { AcknowledgeDialog } from "../slices/alert/AcknowledgeDialog";
import { ActDialog } from "../slices/alert/ActDialog";
import { CommentDialog } from "../slices/alert/CommentDialog";
import type { Act } from "../slices/alert/may";
import { ShelveDialog } from "../slices/alert/ShelveDialog";
import type { Alert } from "../api/wire";

export interface Acting {
  act: Act;
  alert: Alert;
}

export function ActDialogs({ acting, onClose }: { acting: Acting | null; onClose: () => void }) {
  if (!acting) return null;
  const { act, alert } = acting;
  if (act === "acknowledge") return <AcknowledgeDialog alert={alert} onClose={onClose} />;
  if (act === "shelve") return <ShelveDialog alert={alert} onClose={onClose} />;
  if (act === "comment") return <CommentDialog alert={alert} onClose={onClose} />;
  return <ActDialog act="unshelve" alert={alert} body={() => ({})} onClose={onClose} />;
}
