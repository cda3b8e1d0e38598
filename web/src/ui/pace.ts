// How often a panel asks the server: at its own pace while live, never while the screen is held still.
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useTime } from "./moment";

/** Options of a query that holds still with the page; what was never loaded is still loaded once. */
export function usePace(queryKey: QueryKey, every: number | false): { refetchInterval: number | false; enabled: boolean; refetchOnWindowFocus: boolean } {
  const { paused } = useTime();
  const known = useQueryClient().getQueryData(queryKey) !== undefined;
  return { refetchInterval: paused ? false : every, enabled: !paused || !known, refetchOnWindowFocus: !paused };
}
