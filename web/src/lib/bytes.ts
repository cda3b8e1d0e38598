// Sizes as people read them. Pure.
const steps = ["B", "kB", "MB", "GB", "TB"];

/** "1,5 GB"; powers of 1,000. */
export function bytes(count: number, language: string): string {
  let [size, step] = [Math.max(0, count), 0];
  while (size >= 999.5 && step < steps.length - 1) {
    size /= 1_000;
    step += 1;
  }
  return `${new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: size < 10 && step > 0 ? 1 : 0 }).format(size)} ${steps[step]}`;
}
