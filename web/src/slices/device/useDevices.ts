// The devices of the city, as far as the page shows them, and one device with its series.
import { useQuery } from "@tanstack/react-query";
import { collect, get } from "../../api/client";
import type { Device } from "../../api/wire";

/** The map shows at most so many devices, and says so when there are more. */
export const MOST = 5_000;

export function useDevices() {
  return useQuery({
    queryKey: ["devices"],
    queryFn: ({ signal }) => collect<Device>("/api/v1/devices", { limit: 1_000 }, MOST, signal),
    refetchInterval: 20_000,
  });
}

export function useDevice(id: string) {
  return useQuery({
    queryKey: ["device", id],
    queryFn: ({ signal }) => get<Device>(`/api/v1/devices/${encodeURIComponent(id)}`, {}, signal),
    refetchInterval: 20_000,
  });
}
