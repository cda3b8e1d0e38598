// Numbers and units as people read them. Units come as UCUM codes.

const units: Record<string, string> = {
  "1": "",
  Cel: "°C",
  "ug/m3": "µg/m³",
  "mg/m3": "mg/m³",
  "m3/s": "m³/s",
  "m3": "m³",
  "kW.h": "kWh",
  deg: "°",
  "{count}": "",
  "{vehicles}/h": "xe/h",
};

/** "µg/m³" for "ug/m3"; an unknown code stays as it is. */
export function unitWord(code: string | null | undefined): string {
  return code ? (units[code] ?? code) : "";
}

/** A value with at most three significant decimals; "–" when there is none. */
export function figure(value: unknown, language: string): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return "–";
    const decimals = Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
    return new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: decimals }).format(value);
  }
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

/** Value and unit together. */
export function withUnit(value: unknown, unit: string | null | undefined, language: string): string {
  const word = unitWord(unit);
  const text = figure(value, language);
  return word === "" || text === "–" ? text : `${text} ${word}`;
}
