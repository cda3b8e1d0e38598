// One line of a list of the room: what it is, what belongs to it, when, and how it stands. Each part has a quieter second line.
import type { ReactNode } from "react";

interface Part {
  main: ReactNode;
  sub?: ReactNode;
  /** To be looked at: said in words, and louder. */
  loud?: boolean;
}

export function Line({ mark, parts: [what, about, when, standing] }: { mark?: ReactNode; parts: readonly [Part, Part, Part, Part] }) {
  const cell = (part: Part, name: string) => <span className={part.loud ? `security-${name} loud` : `security-${name}`}>{part.loud ? "⚠ " : ""}{part.main}<small>{part.sub}</small></span>;
  return (
    <div className="security-row">
      <span className="security-what">{mark}<span><strong>{what.main}</strong><small>{what.sub}</small></span></span>
      {cell(about, "about")}
      {cell(when, "when")}
      {cell(standing, "standing")}
    </div>
  );
}
