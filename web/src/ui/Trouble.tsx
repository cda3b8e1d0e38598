// An error in words and, where it is one of rights, the way to the reasons.
import { problemWords } from "./problemWords";
import { type Question, questionOf, useWhy } from "./why";
import { useWords } from "./words";

export function Trouble({ error, about }: { error: unknown; about?: Question }) {
  const { t } = useWords();
  const why = useWhy();
  const question = questionOf(error, about);
  return (
    <div role="alert" className="error">
      {problemWords(t, error)} {why && question ? <button type="button" className="link" onClick={() => why(question)}>{t(about?.object ? "why.seen" : "why.ask")}</button> : null}
    </div>
  );
}
