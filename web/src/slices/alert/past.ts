// Alerts as they stood at an instant, told from the instants that each alert carries. Pure.
import type { Alert } from "../../api/wire";
import type { Feed } from "./feed";

const upTo = (text: string | null | undefined, at: number): boolean => typeof text === "string" && Date.parse(text) <= at;

/**
 * The alert as it stood at `at`; null when it had not been raised. Raising, acknowledging and clearing carry their instants; level
 * and value are those of its last change, and a shelving counts from `updated_at`, because the API doesn't say more.
 */
export function alertAt(alert: Alert, at: number): Alert | null {
  if (!upTo(alert.raised_at, at)) return null;
  const timeline = alert.timeline ? { timeline: alert.timeline.filter((entry) => upTo(entry.at, at)) } : {};
  const acknowledged = upTo(alert.acknowledged?.at, at) ? (alert.acknowledged ?? null) : null;
  if (upTo(alert.cleared_at, at)) return { ...alert, ...timeline, state: "cleared" };
  if (alert.state === "shelved" && upTo(alert.updated_at, at)) return { ...alert, ...timeline, acknowledged };
  return { ...alert, ...timeline, state: acknowledged ? "acknowledged" : "raised", acknowledged, shelved: null, cleared_at: null };
}

/** All alerts that had been raised by then, each as it stood. */
export function feedAt(feed: Feed, at: number): Feed {
  const alerts = new Map<string, Alert>();
  for (const alert of feed.alerts.values()) {
    const then = alertAt(alert, at);
    if (then) alerts.set(then.id, then);
  }
  return { alerts, complete: feed.complete };
}
