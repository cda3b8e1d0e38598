// A difference of two texts, line by line: what went and what came bear a sign and words, not only a colour.
import type { DiffLine } from "../lib/lines";
import { figure } from "../lib/figure";
import { useWords } from "./words";

/** More lines than this nobody reads; the page says how many it leaves out. */
const MOST = 1_000;

interface Props {
  label: string;
  lines: readonly DiffLine[];
  /** What is said when nothing is different. */
  empty: string;
}

export function DiffView({ label, lines, empty }: Props) {
  const { t, language } = useWords();
  if (lines.length === 0) return <p className="note">{empty}</p>;
  return (
    <div role="region" aria-label={label} tabIndex={0} className="diff">
      <ol>
        {lines.slice(0, MOST).map((line, at) => <Line key={at} line={line} />)}
      </ol>
      {lines.length > MOST ? <p className="diff-note">{t("diff.more", { count: lines.length - MOST, left: figure(lines.length - MOST, language) })}</p> : null}
    </div>
  );
}

const looks = { same: { sign: " ", Tag: "span" }, gone: { sign: "−", Tag: "del" }, came: { sign: "+", Tag: "ins" } } as const;

function Line({ line }: { line: DiffLine }) {
  const { t, language } = useWords();
  if (line.as === "skip") return <li className="diff-note">{line.lines === null ? "⋯" : t("diff.skip", { count: line.lines, lines: figure(line.lines, language) })}</li>;
  if (line.as === "note") return <li className="diff-note" lang="en">{line.text}</li>;
  const { sign, Tag } = looks[line.as];
  return (
    <li data-as={line.as}>
      <span className="diff-at">{line.after ?? line.before}</span>
      <span aria-hidden="true">{sign}</span>
      <Tag>
        {line.as === "same" ? null : <span className="hidden">{t(`diff.${line.as}`)} </span>}
        {line.text.replaceAll("\r", "␍")}
        {line.open ? <small> {t("diff.open")}</small> : null}
      </Tag>
    </li>
  );
}
