// The commands of one device, newest first, and the way to give one.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, get } from "../../api/client";
import { usePace } from "../../ui/pace";
import { type Command, pending } from "./command";

const DEADLINE_S = 30;

const path = (device: string) => `/api/v1/devices/${encodeURIComponent(device)}/commands`;

export function useCommands(device: string) {
  const queryKey = ["commands", device];
  const pace = usePace(queryKey, 15_000);
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const { items } = await get<{ items: Command[] }>(path(device), { limit: 20 }, signal);
      return [...items].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
    },
    ...pace,
    // While an answer is awaited the page looks each second.
    refetchInterval: (query) => (pace.refetchInterval !== false && query.state.data?.some(pending) ? 1_000 : pace.refetchInterval),
    retry: false,
  });
}

export function useCommand(device: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (on: boolean) => call<Command>("POST", path(device), { name: "pump.set", params: { on }, deadline_s: DEADLINE_S }),
    onSettled: () => client.invalidateQueries({ queryKey: ["commands", device] }),
  });
}
