// What the marks of the map mean, in words.
import { useState } from "react";
import { DeviceIcon } from "../ui/DeviceIcon";
import { SeverityMark } from "../ui/SeverityMark";
import { severities } from "../ui/severity";
import { standingLooks } from "../ui/standing";
import { useWords } from "../ui/words";

export function Legend({ water = false }: { water?: boolean }) {
  const { t } = useWords();
  // Small screens keep the room for the city.
  const [wide] = useState(() => window.matchMedia("(min-width: 801px)").matches);
  return (
    <details className="legend" open={wide}>
      <summary>{t("legend.title")}</summary>
      <ul aria-label={t("legend.alerts")}>
        {severities.map((level) => (
          <li key={level}><SeverityMark severity={level} size={18} /> {t(`severity.${level}`)}</li>
        ))}
        <li><SeverityMark severity={4} hollow size={18} /> {t("legend.hollow")}</li>
      </ul>
      <ul aria-label={t("legend.devices")}>
        {(Object.keys(standingLooks) as (keyof typeof standingLooks)[]).map((standing) => (
          <li key={standing}><DeviceIcon standing={standing} size={14} /> {t(`legend.${standing}`)}</li>
        ))}
        <li><svg aria-hidden="true" width="18" height="18" viewBox="0 0 18 18" className="mark"><circle cx="9" cy="9" r="8" fill="#1b2630" stroke="#8fa3b5" /><text x="9" y="12.5" textAnchor="middle" fontSize="9" fill="#c3d0dc">12</text></svg> {t("legend.cluster")}</li>
      </ul>
      {water ? (
        <ul aria-label={t("legend.water")}>
          <li><svg aria-hidden="true" width="18" height="18" viewBox="0 0 18 18" className="mark"><circle cx="9" cy="9" r="8" fill="#6fb1e8" opacity=".35" /></svg> {t("legend.rain")}</li>
          <li><svg aria-hidden="true" width="18" height="18" viewBox="0 0 18 18" className="mark"><circle cx="9" cy="9" r="6" fill="#2f7fc4" stroke="#cfe7fb" /></svg> {t("legend.flood")}</li>
        </ul>
      ) : null}
    </details>
  );
}
