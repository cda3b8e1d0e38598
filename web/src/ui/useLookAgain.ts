// Looks again as soon as a fact tells of something new; while the screen is held still, or when one may not follow facts, not at all.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { heard } from "../api/pulse";
import { listen } from "../api/stream";
import { useMay } from "./may";
import { useTime } from "./moment";

/** Facts that come at once are answered by one look. */
const REST = 250;

/** `types` is how the types of the facts begin, such as "incident."; `keys` are the first words of the queries that are asked again and never change. */
export function useLookAgain(types: string, keys: readonly string[]): void {
  const client = useQueryClient();
  const { paused } = useTime();
  const follows = useMay()("event.follow");
  useEffect(() => {
    if (paused || !follows) return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const look = () => {
      timer = null;
      for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
    };
    const stop = listen(`/api/v1/events?types=${types}`, {
      heard: () => heard(),
      // Between the list and the stream something may have happened.
      opened: look,
      event: ({ type }) => {
        if (type !== "open") timer ??= setTimeout(look, REST);
      },
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client, paused, follows, types, keys]);
}
