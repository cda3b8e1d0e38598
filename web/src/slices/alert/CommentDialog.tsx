// A word on an alert, for those who come after.
import { Textarea } from "@mantine/core";
import { useState } from "react";
import type { Alert } from "../../api/wire";
import { useWords } from "../../ui/words";
import { ActDialog } from "./ActDialog";

export function CommentDialog({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const { t } = useWords();
  const [comment, setComment] = useState("");
  const [tried, setTried] = useState(false);
  const missing = comment.trim() === "";
  const body = () => {
    setTried(true);
    return missing ? null : { comment: comment.trim() };
  };
  return (
    <ActDialog act="comment" alert={alert} onClose={onClose} body={body}>
      <Textarea
        rows={4}
        required
        withAsterisk={false}
        label={t("act.comment.comment")}
        error={tried && missing ? t("act.comment.missing") : null}
        maxLength={1_000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
    </ActDialog>
  );
}
