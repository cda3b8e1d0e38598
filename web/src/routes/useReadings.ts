// Rain, water on the roads and moving devices, at the moment that the page shows.
import { useMemo } from "react";
import type { Device } from "../api/wire";
import { withUnit } from "../lib/figure";
import { useReadingsThen } from "../slices/history/useReadingsThen";
import { useNewest } from "../slices/observation/useNewest";
import { waterKinds, waterMarks } from "../slices/observation/water";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";

export function useReadings(devices: readonly Device[]) {
  const { language, pick } = useWords();
  const { past } = useTime();
  const newest = useNewest(true);
  const items = newest.data?.items;
  const wet = useMemo(() => (items ?? []).filter((item) => item.attribute in waterKinds), [items]);
  const series = useMemo(() => wet.map((item) => item.series), [wet]);
  const then = useReadingsThen(series);
  const byId = useMemo(() => new Map(devices.map((device) => [device.id, device])), [devices]);
  const readings = past ? then.readings : wet;
  const water = useMemo(
    () => waterMarks(readings, byId, (kind, value) => withUnit(value, kind === "rain" ? "mm/h" : "m", language), (device) => pick(device.title, device.id)),
    [readings, byId, language],
  );
  // What moves is where it last said it was.
  const placed = useMemo(() => {
    const places = new Map((items ?? []).flatMap((item) => (item.attribute === "location" && isPlace(item.value) ? [[item.device, item.value] as const] : [])));
    return places.size === 0 ? devices : devices.map((device) => (places.has(device.id) ? { ...device, place: places.get(device.id) ?? null } : device));
  }, [devices, items]);
  return { water, placed, at: (past ? then.dataUpdatedAt : newest.dataUpdatedAt) || null, complete: newest.data?.complete ?? true, error: past && then.isError ? then.error : newest.error };
}

function isPlace(value: unknown): value is { lon: number; lat: number } {
  return typeof value === "object" && value !== null && typeof (value as { lon?: unknown }).lon === "number" && typeof (value as { lat?: unknown }).lat === "number";
}
