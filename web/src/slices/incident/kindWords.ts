// The kind of an incident in words. Kinds that the console has no words for come from rules of the city pack. Pure.

/** `known` is what the console says for the code, if anything; `title` is the incident's own, such as "Mưa lớn trong 2 giờ: Trạm 7". */
export function kindWords(known: string, title: string): string {
  if (known !== "") return known;
  const [kind, thing] = title.split(": ");
  return thing === undefined ? "" : (kind ?? "");
}
