// Sentences of the server that have a known shape, taken apart so that the page can say them in its own language.

/** Shapes by a name; the named groups of a shape are the parts of its sentence. */
export type Shapes = Readonly<Record<string, RegExp>>;

/** The parts of a sentence, or null when it has another shape and can only be shown as it is. */
export function partsOf(shapes: Shapes, name: string, sentence: string): Record<string, string> | null {
  const groups = shapes[name]?.exec(sentence)?.groups;
  return groups ? { ...groups } : null;
}
