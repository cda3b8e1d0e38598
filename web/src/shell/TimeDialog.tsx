// Choosing a moment of the past, and whether it stands or plays.
import { Button } from "@mantine/core";
import { useState } from "react";
import { fromField, toField } from "../lib/age";
import { speeds } from "../lib/moment";
import { useServerNow } from "../ui/clock";
import { Dialog } from "../ui/Dialog";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";

const HOUR = 3_600_000;
const quick: readonly [string, number][] = [["15m", HOUR / 4], ["1h", HOUR], ["6h", 6 * HOUR], ["24h", 24 * HOUR], ["7d", 168 * HOUR]];

export function TimeDialog({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const { moment, at, go } = useTime();
  const present = useServerNow();
  const [field, setField] = useState(() => toField(at ?? present - HOUR));
  const [speed, setSpeed] = useState(moment.mode === "replay" ? moment.speed : 0);
  const wanted = fromField(field);
  const fault = wanted === null ? t("time.unreadable") : wanted > present ? t("time.future") : null;
  return (
    <Dialog title={t("time.pick")} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted === null || fault !== null) return;
          go(speed === 0 ? { mode: "past", at: wanted } : { mode: "replay", from: wanted, speed });
          onClose();
        }}
      >
        <label className="field">
          {t("time.at")}
          <input type="datetime-local" value={field} max={toField(present)} aria-invalid={fault !== null} onChange={(event) => setField(event.target.value)} />
        </label>
        {fault ? <p role="alert" className="error">{fault}</p> : null}
        <div role="group" aria-label={t("time.quick")} className="quick">
          {quick.map(([name, by]) => <Button key={name} type="button" size="xs" variant="default" onClick={() => setField(toField(present - by))}>{t(`time.ago.${name}`)}</Button>)}
        </div>
        <label className="field">
          {t("time.speed")}
          <select value={speed} onChange={(event) => setSpeed(Number(event.target.value))}>
            <option value={0}>{t("time.still")}</option>
            {speeds.map((each) => <option key={each} value={each}>{t("time.plays", { speed: each })}</option>)}
          </select>
        </label>
        <footer className="dialog-foot">
          <Button type="button" variant="default" onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit">{t("time.show")}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
