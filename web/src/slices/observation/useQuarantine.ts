// What was kept aside, and putting it through the intake again.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, collect } from "../../api/client";
import type { components } from "../../api/schema";
import { usePace } from "../../ui/pace";

export type Kept = components["schemas"]["QuarantineItem"];
/** What the intake says of a replay. */
export type Receipt = components["schemas"]["ReplayReceipt"];

/** The page holds at most so many items, the newest. */
const MOST = 2_000;

export function useQuarantine(device: string | undefined) {
  const queryKey = ["quarantine", device ?? ""];
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => collect<Kept>("/api/v1/quarantine", { device, limit: 500 }, MOST, signal),
    // A closer question does not empty the list under the hand.
    placeholderData: keepPreviousData,
    ...usePace(queryKey, 20_000),
  });
}

export function useReplay(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (payload: unknown) => call<Receipt>("POST", `/api/v1/quarantine/${encodeURIComponent(id)}/replay`, payload === undefined ? {} : { payload }),
    onSettled: () => client.invalidateQueries({ queryKey: ["quarantine"] }),
  });
}
