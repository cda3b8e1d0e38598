// "I have seen it": one key and Enter, with a word if one wants to leave one.
import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { Alert } from "../../api/wire";
import { useWords } from "../../ui/words";
import { ActDialog } from "./ActDialog";

export function AcknowledgeDialog({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const { t } = useWords();
  const [comment, setComment] = useState("");
  return (
    <ActDialog act="acknowledge" alert={alert} onClose={onClose} body={() => (comment.trim() ? { comment: comment.trim() } : {})}>
      <TextInput label={t("act.acknowledge.comment")} maxLength={1_000} value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
    </ActDialog>
  );
}
