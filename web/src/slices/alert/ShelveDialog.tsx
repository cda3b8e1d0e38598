// Putting an alert aside: never without a reason, never without an end.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { serverNow } from "../../api/pulse";
import type { Alert } from "../../api/wire";
import { fromField, moment, toField } from "../../lib/age";
import { useWords } from "../../ui/words";
import { ActDialog } from "./ActDialog";

const MINUTES = [30, 60, 240, 480] as const;

export function ShelveDialog({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState(() => toField(serverNow() + 60 * 60_000));
  const [tried, setTried] = useState(false);
  const end = fromField(until);
  const noReason = reason.trim() === "";
  const noEnd = end === null || end <= serverNow();
  const body = () => {
    setTried(true);
    return noReason || end === null || noEnd ? null : { reason: reason.trim(), until: new Date(end).toISOString() };
  };
  return (
    <ActDialog act="shelve" alert={alert} onClose={onClose} body={body}>
      <TextInput
        required
        withAsterisk={false}
        label={t("act.shelve.reason")}
        error={tried && noReason ? t("act.shelve.noReason") : null}
        maxLength={1_000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <TextInput
        required
        withAsterisk={false}
        type="datetime-local"
        label={t("act.shelve.until")}
        error={tried && noEnd ? t("act.shelve.noEnd") : null}
        description={end === null ? null : t("act.shelve.means", { at: moment(end, serverNow()) })}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      <div role="group" aria-label={t("act.shelve.quick")} className="quick">
        {MINUTES.map((minutes) => (
          <Button key={minutes} type="button" size="compact-sm" variant="default" onClick={() => setUntil(toField(serverNow() + minutes * 60_000))}>
            {t(minutes < 60 ? "act.shelve.minutes" : "act.shelve.hours", { count: minutes < 60 ? minutes : minutes / 60 })}
          </Button>
        ))}
      </div>
    </ActDialog>
  );
}
