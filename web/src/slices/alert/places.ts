// Each entity once, by the gravest thing that goes on there. Pure.
import type { Alert } from "../../api/wire";

export interface PlaceOf {
  entity: string;
  /** The last part of the entity's id: its device. */
  device: string;
  severity: number;
}

/** `held` comes gravest first, and so does the answer. */
export function places(held: NonNullable<Alert["held_by"]>): PlaceOf[] {
  const seen = new Map<string, PlaceOf>();
  for (const { entity, severity } of held) if (!seen.has(entity)) seen.set(entity, { entity, device: entity.slice(entity.lastIndexOf(":") + 1), severity });
  return [...seen.values()];
}
