// Which moment the page shows: now, held still, or the past. Part of the header, so that it is in the same place in every room.
import { LIVE } from "../lib/moment";
import { useTime } from "../ui/moment";
import { RoomIcon } from "../ui/RoomIcon";
import { useWords } from "../ui/words";

const marks = { live: "M12 12m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", paused: "M8 5v14M16 5v14", past: "M4 12a8 8 0 1 0 2.5-5.8M4 4v4h4M12 8v4l3 2" };

export function TimeControl({ onPast }: { onPast: () => void }) {
  const { t } = useWords();
  const { moment, paused, past, go } = useTime();
  const item = (name: keyof typeof marks, pressed: boolean, stroke: string, act: () => void) => (
    <button type="button" data-mode={name} aria-pressed={pressed} aria-keyshortcuts={stroke} aria-label={t(`time.${name}`)} title={`${t(`time.${name}`)} (${stroke})`} onClick={act}>
      <RoomIcon path={marks[name]} size={16} />
      <span className="time-word">{t(`time.${name}`)}</span>
    </button>
  );
  return (
    <div role="group" aria-label={t("time.label")} className="time-control">
      {item("live", moment.mode === "live", "l", () => go(LIVE))}
      {item("paused", paused, "p", () => go(paused ? LIVE : { mode: "paused" }))}
      {item("past", past, "t", onPast)}
    </div>
  );
}
