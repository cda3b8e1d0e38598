// The mark of a level of danger: shape, colour and number; hollow once somebody has taken notice.
import type { Severity } from "../api/wire";
import { looks } from "./severity";
import { useWords } from "./words";

export function SeverityMark({ severity, hollow = false, size = 26 }: { severity: Severity; hollow?: boolean; size?: number }) {
  const { t } = useWords();
  const look = looks[severity];
  const paint = { fill: hollow ? "var(--ground)" : look.colour, stroke: look.colour, strokeWidth: 0.16 };
  return (
    <svg role="img" aria-label={t("severity.label", { level: severity })} width={size} height={size} viewBox="-1.25 -1.25 2.5 2.5" className="mark">
      {look.shape ? <polygon points={look.shape.map((corner) => corner.join(",")).join(" ")} strokeLinejoin="round" {...paint} /> : <circle r={1} {...paint} />}
      <text y={severity === 3 ? 0.62 : 0.4} textAnchor="middle" fontSize={1.1} fontWeight={700} fill={hollow ? look.colour : look.ink}>
        {severity}
      </text>
    </svg>
  );
}
