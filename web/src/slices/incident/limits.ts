// What the server takes of a person's words, so that the page says it before sending. Pure.

/** Bytes of a text in UTF-8. */
export const MOST_BYTES = 4_096;

/** What is wrong with a text, as a key of the translations. */
export function wrongWords(text: string, required: boolean): string | null {
  if (required && text.trim() === "") return "incident.missing";
  return new TextEncoder().encode(text.trim()).length > MOST_BYTES ? "incident.tooLong" : null;
}
