// What the page knows of alerts: a snapshot from the API, kept current by facts. Pure.
import type { Alert, Fact } from "../../api/wire";

export interface Feed {
  alerts: ReadonlyMap<string, Alert>;
  /** False when the server has more than the page loads. */
  complete: boolean;
}

export const empty: Feed = { alerts: new Map(), complete: true };

/** A fresh snapshot; what the facts had brought in a newer version stays newer. */
export function snapshot(before: Feed, items: readonly Alert[], complete: boolean): Feed {
  const alerts = new Map<string, Alert>();
  for (const item of items) {
    const known = before.alerts.get(item.id);
    alerts.set(item.id, known && known.version > item.version ? known : item);
  }
  return { alerts, complete };
}

/** One alert as a fact or an answer brought it; an older version changes nothing. */
export function upsert(feed: Feed, alert: Alert): Feed {
  const known = feed.alerts.get(alert.id);
  if (known && known.version > alert.version) return feed;
  return { ...feed, alerts: new Map(feed.alerts).set(alert.id, alert) };
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}

function whole(value: Record<string, unknown>): boolean {
  return ["id", "title", "severity", "state", "raised_at", "version", "areas", "params"].every((field) => field in value);
}

/** The alert a fact is about: whole when the fact carries it whole, else its id to ask for; null when neither can be read. */
export function aboutAlert(fact: Fact): Alert | string | null {
  const data = record(fact.data);
  const inner = record(data?.alert) ?? data;
  if (inner && whole(inner)) return inner as unknown as Alert;
  for (const id of [data?.alert, data?.alert_id, inner?.id, fact.subject]) {
    if (typeof id === "string" && id !== "") return id.slice(id.lastIndexOf("/") + 1);
  }
  return null;
}
