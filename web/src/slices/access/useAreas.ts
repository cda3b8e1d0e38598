// The 126 wards: names for everything that names one, shapes for the map.
import { useQuery } from "@tanstack/react-query";
import type { FeatureCollection } from "geojson";
import { useCallback, useMemo } from "react";
import { get } from "../../api/client";
import type { Area, Words } from "../../api/wire";

const FOREVER = Number.POSITIVE_INFINITY;

export interface AreaShapes extends FeatureCollection {
  /** Says that the borders are approximate. */
  note?: Words;
  /** Where true boundaries came from; without it the borders are called approximate. */
  source?: { file: string; imported_at: string };
}

export function useAreaShapes() {
  return useQuery({ queryKey: ["areas.geojson"], queryFn: ({ signal }) => get<AreaShapes>("/api/v1/areas.geojson", {}, signal), staleTime: FOREVER });
}

export function useAreas() {
  const query = useQuery({ queryKey: ["areas"], queryFn: ({ signal }) => get<{ items: Area[] }>("/api/v1/areas", {}, signal), staleTime: FOREVER });
  const areas = useMemo(() => query.data?.items ?? [], [query.data]);
  const byCode = useMemo(() => new Map(areas.map((area) => [area.code, area])), [areas]);
  const areaName = useCallback((code: string) => byCode.get(code)?.name ?? code, [byCode]);
  return { areas, byCode, areaName };
}
