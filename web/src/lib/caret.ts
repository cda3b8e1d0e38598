// A place in a text by line and column, as people and servers name it. Pure.

/** Both from 1. */
export interface Caret {
  line: number;
  column: number;
}

/** The offset in the text of a place; never outside the text. */
export function offsetOf(text: string, { line, column }: Caret): number {
  const lines = text.split("\n");
  const at = Math.min(line, lines.length) - 1;
  const before = lines.slice(0, at).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(text.length, before + Math.min(column - 1, lines[at]?.length ?? 0));
}
