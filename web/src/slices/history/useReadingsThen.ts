// The values of many series at the moment shown: the last of each within two hours before it.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get, withQuery } from "../../api/client";
import { stepOf } from "../../lib/moment";
import { useTime } from "../../ui/moment";
import type { History } from "./model";
import { MOST_SERIES } from "./useHistory";

const SPAN = 7_200_000;
/** More series than this are not looked back at: the map says so. */
export const MOST_THEN = 200;

export interface ReadingThen {
  series: number;
  device: string;
  attribute: string;
  value: unknown;
}

/** `wanted`: the series, in any order; asked only while the page shows the past. */
export function useReadingsThen(wanted: readonly number[]) {
  const { at, moment } = useTime();
  const to = at === null ? null : moment.mode === "replay" ? stepOf(at, Math.max(600_000, moment.speed * 30_000)) : at;
  const asked = useMemo(() => [...wanted].sort((a, b) => a - b).slice(0, MOST_THEN), [wanted]);
  const query = useQuery<History[]>({
    queryKey: ["readings-then", asked.join(","), to],
    queryFn: ({ signal }) => {
      const end = to ?? 0;
      const path = withQuery("/api/v1/observations/history", { from: new Date(end - SPAN).toISOString(), to: new Date(end).toISOString(), points: 120, method: "minmax" });
      const groups = Array.from({ length: Math.ceil(asked.length / MOST_SERIES) }, (_, group) => asked.slice(group * MOST_SERIES, (group + 1) * MOST_SERIES));
      return Promise.all(groups.map((group) => get<History>(`${path}${group.map((each) => `&series=${each}`).join("")}`, {}, signal)));
    },
    enabled: to !== null && asked.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });
  const readings = useMemo<ReadingThen[]>(
    () =>
      at === null
        ? []
        : (query.data ?? []).flatMap((page) =>
            page.items.flatMap((item) => {
              const last = item.points.findLast((point) => Date.parse(point.time) <= at);
              return last ? [{ series: item.series, device: item.device, attribute: item.attribute, value: last.value }] : [];
            }),
          ),
    [query.data, at],
  );
  return { readings, isError: query.isError, error: query.error, dataUpdatedAt: query.dataUpdatedAt };
}
