// What the marks of the map mean, in words.
import { useState } from "react";
import { DeviceIcon } from "../ui/DeviceIcon";
import { SeverityMark } from "../ui/SeverityMark";
import { severities } from "../ui/severity";
import { standingLooks } from "../ui/standing";
import { useWords } from "../ui/words";

export function Legend({ minutes }: { minutes: number }) {
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
          <li key={standing}><DeviceIcon standing={standing} size={14} /> {t(`legend.${standing}`, { minutes })}</li>
        ))}
      </ul>
    </details>
  );
}
