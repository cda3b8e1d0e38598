// Which alerts the list shows: open, shelved or cleared, and of which levels. The buttons count as they filter.
import { SegmentedControl } from "@mantine/core";
import type { Alert, Severity } from "../../api/wire";
import { SeverityMark } from "../../ui/SeverityMark";
import { severities } from "../../ui/severity";
import { useWords } from "../../ui/words";
import { type Shelf, shelves } from "./order";

interface Props {
  shelf: Shelf;
  onShelf: (shelf: Shelf) => void;
  /** The only level shown, or null for all. */
  severity: Severity | null;
  onSeverity: (severity: Severity | null) => void;
  /** All alerts of the shelf, before the filter by level. */
  alerts: readonly Alert[];
}

export function AlertFilter({ shelf, onShelf, severity, onSeverity, alerts }: Props) {
  const { t } = useWords();
  return (
    <div className="filter">
      <SegmentedControl
        fullWidth
        size="sm"
        aria-label={t("alerts.shelf")}
        value={shelf}
        onChange={(value) => onShelf(value as Shelf)}
        data={shelves.map((value) => ({ value, label: t(`alerts.${value}`) }))}
      />
      <div role="group" aria-label={t("alerts.levels")} className="levels">
        {severities.map((level) => {
          const count = alerts.filter((alert) => alert.severity === level).length;
          return (
            <button key={level} type="button" className="level" aria-pressed={severity === level} aria-label={t("alerts.level", { level, count })} onClick={() => onSeverity(severity === level ? null : level)}>
              <SeverityMark severity={level} hollow={count === 0} size={22} />
              <span aria-hidden="true" className={count === 0 ? "quiet" : ""}>{count}</span>
            </button>
          );
        })}
      </div>
    </div>
  );
}
