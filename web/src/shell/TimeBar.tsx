// The band below the header that says loudly when the page does not show the present, and the way back.
import { dateWords, clockTime } from "../lib/age";
import { LIVE, type Moment, shifted, speeds } from "../lib/moment";
import { useServerNow } from "../ui/clock";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";

const MINUTE = 60_000;
const hops: readonly [string, number][] = [["−1 h", -60 * MINUTE], ["−5′", -5 * MINUTE], ["+5′", 5 * MINUTE], ["+1 h", 60 * MINUTE]];

interface Props {
  /** How much happened that the held page does not show. */
  waiting: number;
  /** The clock of the whole instance is scaled: what it shows is a reconstruction. */
  scaled: boolean;
  onPick: () => void;
}

export function TimeBar({ waiting, scaled, onPick }: Props) {
  const { t, language } = useWords();
  const { moment, at, paused, go } = useTime();
  const present = useServerNow();
  const scale = scaled ? <p className="band band-scaled" role="note"><strong>{t("time.rebuilt")}</strong> {t("time.rebuiltAbout")}</p> : null;
  if (moment.mode === "live") return scale;
  const speed = moment.mode === "replay" ? moment.speed : 0;
  const play = (next: number): Moment => (next === 0 ? { mode: "past", at: at ?? present } : { mode: "replay", from: at ?? present, speed: next });
  return (
    <>
      {scale}
      <section className={`band ${paused ? "band-paused" : "band-past"}`} aria-label={t("time.label")}>
        <strong>{t(`time.is.${moment.mode}`)}</strong>
        {paused ? <span>{t("time.waiting", { count: waiting })}</span> : (
          <>
            <button type="button" className="band-at" onClick={onPick} title={t("time.pick")}>
              <time dateTime={new Date(at ?? present).toISOString()}>{clockTime(at ?? present)} · {dateWords(at ?? present, language)}</time>
            </button>
            <span className="band-hops" role="group" aria-label={t("time.hops")}>
              {hops.map(([word, by]) => <button key={by} type="button" onClick={() => go(shifted(moment, at, by, present))}>{word}</button>)}
            </span>
            <label className="band-speed">
              {t("time.speed")}
              <select value={speed} onChange={(event) => go(play(Number(event.target.value)))}>
                <option value={0}>{t("time.still")}</option>
                {[...new Set([...speeds, ...(speed > 0 ? [speed] : [])])].sort((a, b) => a - b).map((each) => <option key={each} value={each}>×{each}</option>)}
              </select>
            </label>
          </>
        )}
        <button type="button" className="band-back" aria-keyshortcuts="l" onClick={() => go(LIVE)}>{t("time.back")}</button>
      </section>
    </>
  );
}
