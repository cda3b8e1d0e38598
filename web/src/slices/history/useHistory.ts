// The history of some series over a span that ends at the moment shown.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, withQuery } from "../../api/client";
import { serverNow } from "../../api/pulse";
import { stepOf } from "../../lib/moment";
import { useTime } from "../../ui/moment";
import { usePace } from "../../ui/pace";
import type { History } from "./model";

/** The API takes so many series at once. */
export const MOST_SERIES = 20;
const POINTS = 800;

/** `span` in milliseconds. While live it is asked again at the pace of the span; in a replay ahead in steps. */
export function useHistory(series: readonly number[], span: number) {
  const { at, past, moment } = useTime();
  const speed = moment.mode === "replay" ? moment.speed : 1;
  // A replay asks for a tenth of the span ahead, so that it need not ask each second.
  const to = at === null ? null : moment.mode === "replay" ? stepOf(at, Math.max(span / 10, speed * 20_000)) : at;
  const queryKey = ["history", series.join(","), span, to];
  const pace = usePace(queryKey, past ? false : Math.min(300_000, Math.max(10_000, span / 400)));
  return useQuery<History>({
    queryKey,
    queryFn: ({ signal }) => {
      const end = to ?? serverNow();
      const path = withQuery("/api/v1/observations/history", { from: new Date(end - span).toISOString(), to: new Date(end).toISOString(), points: POINTS, method: "minmax" });
      return get<History>(`${path}${series.slice(0, MOST_SERIES).map((each) => `&series=${each}`).join("")}`, {}, signal);
    },
    ...pace,
    enabled: series.length > 0 && pace.enabled,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    retry: false,
  });
}
