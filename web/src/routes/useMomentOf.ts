// The moment in the address as the page's time: it ticks in a replay, and changes the address when told to go elsewhere.
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { serverNow } from "../api/pulse";
import { type Moment, momentText, parseMoment, positionOf } from "../lib/moment";
import { useNow } from "../ui/clock";
import type { Time } from "../ui/moment";

export function useMomentOf(text: string | undefined): Time {
  const navigate = useNavigate();
  // A replay runs from when the page took it up.
  const { moment, since } = useMemo(() => ({ moment: parseMoment(text), since: Date.now() }), [text]);
  const now = useNow();
  const at = positionOf(moment, since, Math.max(now, since), serverNow(now));
  const go = useCallback((next: Moment) => void navigate({ to: ".", search: (before: object) => ({ ...before, t: momentText(next) }) } as never), [navigate]);
  // Only in a replay does `at` change by itself.
  return useMemo(() => ({ moment, at, paused: moment.mode === "paused", past: at !== null, go }), [moment, at, go]);
}
