// A refusal in the reader's own language: what the server says of it in both, and the way to the reasons where it is one of rights.
import type { ReactNode } from "react";
import { asProblem } from "../../api/problem";
import type { Words } from "../../api/wire";
import { useWords } from "../../ui/words";
import { questionOf, useWhy } from "../../ui/why";

/** What the server says of it in both languages, where it does. */
export function textOf(error: unknown): Words | null {
  const { text } = asProblem(error).fields;
  if (typeof text !== "object" || text === null) return null;
  const { vi, en } = text as Record<string, unknown>;
  return typeof vi === "string" && vi !== "" ? { vi, en: typeof en === "string" ? en : "" } : null;
}

/** For dialogs: null leaves the error to what they say of every error. */
export function useRefusal(): (error: unknown) => ReactNode {
  const { t, pick } = useWords();
  const why = useWhy();
  return (error) => {
    const text = textOf(error);
    if (!text) return null;
    const said = pick(text);
    const question = questionOf(error);
    return <>{said.charAt(0).toLocaleUpperCase()}{said.slice(1)}. {why && question ? <button type="button" className="link" onClick={() => why(question)}>{t("why.ask")}</button> : null}</>;
  };
}
