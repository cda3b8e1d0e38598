// The moment that every panel of the page shows, given by the shell; panels ask, and obey.
import { createContext, useContext } from "react";
import { LIVE, type Moment } from "../lib/moment";

export interface Time {
  moment: Moment;
  /** The instant shown, by the server's clock; null while it is the present (live or held still). */
  at: number | null;
  /** The screen is held still: nothing new is shown until it is let go. */
  paused: boolean;
  /** The screen shows the past (fixed or replayed): nothing can be acted on. */
  past: boolean;
  go: (moment: Moment) => void;
}

export const TimeContext = createContext<Time>({ moment: LIVE, at: null, paused: false, past: false, go: () => {} });

export function useTime(): Time {
  return useContext(TimeContext);
}
