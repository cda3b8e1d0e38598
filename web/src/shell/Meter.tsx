// How full something is: a bar with its figure; coloured only when it is nearly full.
import { useWords } from "../ui/words";

export function Meter({ label, part, words }: { label: string; part: number; words: string }) {
  const { language } = useWords();
  const percent = Math.round(Math.min(1, Math.max(0, part)) * 100);
  const look = part > 0.9 ? "bad" : part > 0.75 ? "warn" : "calm";
  return (
    <div className={`meter meter-${look}`} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} aria-valuetext={words}>
      <span className="meter-bar"><span style={{ width: `${percent}%` }} /></span>
      <span>{look === "calm" ? "" : "⚠ "}{new Intl.NumberFormat(language).format(percent)} % · {words}</span>
    </div>
  );
}
