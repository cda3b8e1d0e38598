// Why the server did not take a change: what is wrong in which file and where, or that somebody else was faster.
import type { ReactNode } from "react";
import { asProblem } from "../../api/problem";
import { useWords } from "../../ui/words";
import { type Mistakes, mistakesOf } from "./mistakes";

interface Props {
  found: Mistakes;
  /** The file that is open; its places can be gone to. */
  file?: string;
  onPlace?: (place: { line: number; column: number }) => void;
}

export function MistakeList({ found: { mistakes, more }, file, onPlace }: Props) {
  const { t } = useWords();
  const all = mistakes.length + more;
  return (
    <>
      <p><strong>{t("pack.unfit", { count: all })}</strong></p>
      <ol className="mistakes">
        {mistakes.map((each, at) => {
          const place = each.line > 0 ? t("pack.place", { file: each.file, line: each.line, column: each.column }) : each.file;
          return (
            <li key={at}>
              {onPlace && each.file === file && each.line > 0 ? <button type="button" className="link" onClick={() => onPlace({ line: each.line, column: Math.max(1, each.column) })}>{place}</button> : <code>{place}</code>}
              <p lang="en">{each.what}</p>
              <p lang="en" className="remedy">→ {each.remedy}</p>
            </li>
          );
        })}
      </ol>
      {more > 0 ? <p>{t("pack.moreMistakes", { count: more })}</p> : null}
    </>
  );
}

/** An error in words, where the pack knows more of it than every page does. */
export function useRefusal(): (error: unknown) => ReactNode {
  const { t } = useWords();
  return (error) => {
    const found = mistakesOf(error);
    if (found.mistakes.length > 0) return <MistakeList found={found} />;
    const { status, code, fields } = asProblem(error);
    if (status === 412) return t("pack.changed", { version: typeof fields.version === "number" ? fields.version : "?" });
    return code === "wrong_state" ? t("pack.settled") : null;
  };
}
