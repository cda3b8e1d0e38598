// A drawing for each kind of device, in a square of 24; an unknown kind is a plain device.
const drawings: readonly (readonly [RegExp, string])[] = [
  [/flood/, "M3 8c3-3 6 3 9 0s6 3 9 0M3 13c3-3 6 3 9 0s6 3 9 0M3 18c3-3 6 3 9 0s6 3 9 0"],
  [/rain|weather/, "M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11z"],
  [/river|stage|tide/, "M7 3v18M7 6h4M7 10h6M7 14h4M15 19c2-2 4 2 6 0M15 15c2-2 4 2 6 0"],
  [/air/, "M3 9h11a3 3 0 1 0-3-3M3 14h15a3 3 0 1 1-3 3M3 19h6"],
  [/meter|power/, "M13 2L5 14h6l-1 8 8-12h-6z"],
  [/light|lamp/, "M9 18h6M10 21h4M8 14a5.5 5.5 0 1 1 8 0c-1 1-1 2-1 4H9c0-2 0-3-1-4z"],
  [/traffic|counter/, "M4 20V10M10 20V4M16 20v-7M21 20H3"],
  [/pump/, "M6 12a6 6 0 1 0 12 0a6 6 0 1 0-12 0M12 6V3h6M12 12l3-3M3 21h18"],
  [/ambulance|vehicle/, "M2 7h11v9H2zM13 10h5l4 3v3h-9M5 18.5a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M16 18.5a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M7.5 9v4M5.5 11h4"],
  [/camera/, "M3 7h12v10H3zM15 11l6-3v8l-6-3"],
];
const PLAIN = "M5 5h14v14H5zM9 9h6v6H9z";

export function kindDrawing(profile: string): string {
  return drawings.find(([pattern]) => pattern.test(profile))?.[1] ?? PLAIN;
}
