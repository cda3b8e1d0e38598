// VN_AQI of one ward at the moment shown.
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Instant, Words } from "../../api/wire";
import { useTime } from "../../ui/moment";
import { usePace } from "../../ui/pace";

export interface Aqi {
  station?: string | null;
  area?: string | null;
  index: number | null;
  level: { code: string; title: Words; colour?: string } | null;
  main?: string | null;
  hour: Instant;
  assumed?: boolean;
}

const HOUR = 3_600_000;

export function useAqi(area: string) {
  const { at } = useTime();
  // The index is hourly.
  const hour = at === null ? undefined : new Date(Math.floor(at / HOUR) * HOUR).toISOString();
  const queryKey = ["aqi", area, hour ?? ""];
  return useQuery({ queryKey, queryFn: ({ signal }) => get<{ items: Aqi[] }>("/api/v1/indicators/vn-aqi", { area, at: hour }, signal), ...usePace(queryKey, at === null ? 300_000 : false), retry: false });
}
