// Accent-folding search: "ho guom" finds "Hồ Gươm".

/** Text without accents and case, with single spaces; đ becomes d. Text of the same meaning folds to the same key. */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** Something that can be found, with its folded key. */
export interface Findable {
  key: string;
}

/** How well a key answers the folded words: 0 is no match, more is better. */
export function score(key: string, words: readonly string[]): number {
  let total = 0;
  for (const word of words) {
    if (key.startsWith(word)) total += 4;
    else if (key.includes(` ${word}`)) total += 3;
    else if (key.includes(word)) total += 1;
    else return 0;
  }
  const phrase = words.join(" ");
  return key === phrase ? total + 8 : key.includes(phrase) ? total + 2 : total;
}

/** The best `limit` items for a query, best first; equal ones keep their order. */
export function find<T extends Findable>(items: readonly T[], query: string, limit: number): T[] {
  const folded = fold(query);
  if (folded === "") return [];
  const words = folded.split(" ");
  return items
    .map((item, at) => ({ item, at, score: score(item.key, words) }))
    .filter((hit) => hit.score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, limit)
    .map((hit) => hit.item);
}
