// Whether the server is there, for those who may not follow its facts: without the stream nothing else would tell.
import { useEffect } from "react";
import { answered, heard } from "../api/pulse";

const EVERY = 5_000;

export function useHeartbeat(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    const beat = () =>
      fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(EVERY) }).then(
        ({ ok }) => {
          if (ok) heard();
          answered(ok);
        },
        () => answered(false),
      );
    void beat();
    const timer = setInterval(() => void beat(), EVERY);
    return () => clearInterval(timer);
  }, [wanted]);
}
