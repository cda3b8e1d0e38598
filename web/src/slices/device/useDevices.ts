// The devices of the city, as far as the page shows them, and one device with its series.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { collect, get } from "../../api/client";
import type { Device } from "../../api/wire";
import { useMay } from "../../ui/may";
import { usePace } from "../../ui/pace";

/** The page holds at most so many devices, and says so when there are more. */
export const MOST = 50_000;
/** More devices than this are asked for less often. */
const MANY = 4_000;

export interface Fleet {
  items: readonly Device[];
  /** False while more are on the way, or when the server has more than the page holds. */
  complete: boolean;
}

/** All devices; while they come for the first time, those that have come. */
export function useDevices() {
  const client = useQueryClient();
  const may = useMay();
  const queryKey = ["devices"];
  const pace = usePace(queryKey, 20_000);
  return useQuery<Fleet>({
    queryKey,
    queryFn: ({ signal }) => {
      const first = client.getQueryData<Fleet>(queryKey) === undefined;
      return collect<Device>("/api/v1/devices", { limit: 1_000 }, MOST, signal, first ? (items) => client.setQueryData<Fleet>(queryKey, { items: [...items], complete: false }) : undefined);
    },
    ...pace,
    enabled: may("device.read") && pace.enabled,
    refetchInterval: (query) => (pace.refetchInterval === false ? false : (query.state.data?.items.length ?? 0) > MANY ? 60_000 : pace.refetchInterval),
    staleTime: 15_000,
    // Tens of thousands of rows are not compared field by field.
    structuralSharing: false,
  });
}

export function useDevice(id: string) {
  const queryKey = ["device", id];
  return useQuery({ queryKey, queryFn: ({ signal }) => get<Device>(`/api/v1/devices/${encodeURIComponent(id)}`, {}, signal), ...usePace(queryKey, 20_000) });
}
