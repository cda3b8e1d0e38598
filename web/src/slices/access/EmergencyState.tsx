// How the emergency account stands: closed, waiting for a second person, or open; who asked, why, and until when.
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { components } from "../../api/schema";
import { clockTime, moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { usePace } from "../../ui/pace";
import { Trouble } from "../../ui/Trouble";
import { useWords } from "../../ui/words";
import { useActorNames } from "./usePeople";

type Emergency = components["schemas"]["EmergencyView"];

export const emergencyKey = ["emergency"];
/** A second person has ten minutes. */
const EVERY = 5_000;

export function EmergencyState() {
  const { t } = useWords();
  const now = useServerNow();
  const { actorName } = useActorNames();
  const query = useQuery({ queryKey: emergencyKey, queryFn: ({ signal }) => get<Emergency>("/api/v1/emergency", {}, signal), ...usePace(emergencyKey, EVERY), staleTime: 0 });
  if (query.isError) return <Trouble error={query.error} about={{ action: "emergency.unlock" }} />;
  if (!query.data) return <p className="quiet">{t("loading")}</p>;
  const { asked, account, until } = query.data;
  const state = standing(query.data, now);
  const at = until ? clockTime(Date.parse(until)).slice(0, 5) : "";
  return (
    <div className={state === "closed" ? "emergency-now" : "emergency-now note"} role="status" aria-label={t("emergency.now")}>
      <p><strong>{state === "closed" ? "" : "⚠ "}{t(`emergency.is.${state}`, { account, at })}</strong></p>
      {state === "closed" ? null : <ul>{asked.map((each) => <li key={`${each.by} ${each.at}`}>{t("emergency.asked", { by: actorName(each.by), at: moment(Date.parse(each.at), now) })}: {each.reason}</li>)}</ul>}
    </div>
  );
}

/** What the server said last, unless its time has passed since. */
export function standing({ state, until }: Pick<Emergency, "state" | "until">, now: number): "closed" | "waits" | "open" {
  return (state === "waits" || state === "open") && until !== null && Date.parse(until) > now ? state : "closed";
}
