// How an item of the pack stands: a mark and the word for it. Only what waits for a choice has a colour.
import { RoomIcon } from "../../ui/RoomIcon";
import { useWords } from "../../ui/words";
import type { State } from "./model";

const drawings: Record<State, string> = {
  base: "M6 3h8l4 4v14H6zM14 3v4h4",
  overlay: "M4 20l1-5L16 4l4 4L9 19zM13 7l4 4",
  conflict: "M12 3L22 20H2zM12 9v5M12 16.5v1",
  absent: "M5 12h14",
};

export function StateMark({ state, size = 22 }: { state: State; size?: number }) {
  return <span className={`pack-mark pack-${state}`}><RoomIcon path={drawings[state]} size={size} /></span>;
}

export function StateWords({ state }: { state: State }) {
  const { t } = useWords();
  return <span className={`pack-state pack-${state}`}>{t(`pack.state.${state}`)}</span>;
}
