// The places where one alert goes on, gravest first, when there are several.
import type { Alert, Severity } from "../../api/wire";
import { SeverityMark } from "../../ui/SeverityMark";
import { useWords } from "../../ui/words";
import { places } from "./places";

/** So many are shown at once; the rest is folded away. */
const SHOWN = 8;

export function HeldBy({ alert, onDevice }: { alert: Alert; onDevice: (id: string) => void }) {
  const { t } = useWords();
  const all = places(alert.held_by ?? []);
  if (all.length < 2) return null;
  const list = (part: typeof all) => (
    <ul className="held-by">
      {part.map(({ entity, device, severity }) => (
        <li key={entity}>
          <SeverityMark severity={severity as Severity} hollow={alert.state !== "raised"} size={18} />
          <button type="button" className="link" onClick={() => onDevice(device)}>{device}</button>
        </li>
      ))}
    </ul>
  );
  return (
    <>
      <h3 className="sub">{t("alert.places", { count: alert.entities })}</h3>
      {list(all.slice(0, SHOWN))}
      {all.length > SHOWN ? <details className="technical"><summary>{t("alert.morePlaces", { count: all.length - SHOWN })}</summary>{list(all.slice(SHOWN))}</details> : null}
    </>
  );
}
