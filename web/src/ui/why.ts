// "Why can I not see this?": which question an error leads to, and whom to ask. The frame of the page gives the answerer.
import { createContext, useContext } from "react";
import { asProblem } from "../api/problem";

/** May I do this, at all or to that? `object` is a kind and an id, such as `alert/0190…`. */
export interface Question {
  action: string;
  object?: string;
}

/** The question behind an error, or null when it is none of rights. `about` is what was asked for. */
export function questionOf(error: unknown, about?: Question): Question | null {
  const { status, code, fields } = asProblem(error);
  if (status === 404) return about?.object ? about : null;
  if (status !== 403) return null;
  if (typeof fields.action === "string") return { action: fields.action, ...(about?.object ? { object: about.object } : {}) };
  return code === "denied" ? (about ?? null) : null;
}

export const WhyContext = createContext<((question: Question) => void) | null>(null);

/** Shows the reasons; null where nobody can be asked. */
export function useWhy(): ((question: Question) => void) | null {
  return useContext(WhyContext);
}
