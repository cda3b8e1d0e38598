// What the map shows: layers and kinds of devices, each switched by itself; and the ward to look into.
import { useState } from "react";
import type { Area } from "../api/wire";
import { figure } from "../lib/figure";
import { kindDrawing } from "../ui/kinds";
import { RoomIcon } from "../ui/RoomIcon";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";

interface Props {
  off: ReadonlySet<string>;
  onToggle: (layer: string) => void;
  counts: Readonly<Record<string, number>>;
  kinds: readonly (readonly [string, number])[];
  areas: readonly Area[];
  area: string | null;
  onArea: (code: string | null) => void;
}

export const layers = ["alerts", "wards", "rain", "flood", "devices", "names"] as const;
/** Layers that show the present, whatever the time control says. */
const present = new Set(["devices"]);

export function LayersPanel({ off, onToggle, counts, kinds, areas, area, onArea }: Props) {
  const { t, language } = useWords();
  const { past } = useTime();
  // Small screens keep the room for the city.
  const [wide] = useState(() => window.matchMedia("(min-width: 801px)").matches);
  return (
    <details className="layers" open={wide}>
      <summary>{t("cityMap.layers")}</summary>
      <select aria-label={t("cityMap.area")} value={area ?? ""} onChange={(event) => onArea(event.target.value || null)}>
        <option value="">{t("cityMap.city")}</option>
        {areas.map((each) => <option key={each.code} value={each.code}>{each.name}</option>)}
      </select>
      <ul>
        {layers.map((layer) => (
          <li key={layer}>
            <label>
              <input type="checkbox" checked={!off.has(layer)} onChange={() => onToggle(layer)} />
              <span>{t(`cityMap.layer.${layer}`)}{past && present.has(layer) ? ` · ${t("fresh.presentShort")}` : ""}</span>
              {counts[layer] === undefined ? null : <span className="quiet">{figure(counts[layer], language)}</span>}
            </label>
          </li>
        ))}
      </ul>
      <ul aria-label={t("cityMap.kinds")}>
        {kinds.map(([profile, count]) => (
          <li key={profile}>
            <label>
              <input type="checkbox" checked={!off.has("devices") && !off.has(`kind:${profile}`)} disabled={off.has("devices")} onChange={() => onToggle(`kind:${profile}`)} />
              <span className="layer-kind"><RoomIcon path={kindDrawing(profile)} size={16} /> {t(`kind.${profile}`, { defaultValue: profile })}</span>
              <span className="quiet">{figure(count, language)}</span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
