// Texts that somebody writes and has not sent: they outlive the way to another room and back, not the page.
import { useCallback, useSyncExternalStore } from "react";

export interface Draft {
  text: string;
  /** The version of the item that the person had before them; 0 when there was none. */
  version: number;
}

const drafts = new Map<string, Draft>();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The name of a draft: nobody finds what another person wrote before signing out. */
export const draftOf = (person: string, kind: string, id: string) => `${person} ${kind}/${id}`;

export function setDraft(name: string, draft: Draft | null): void {
  if (draft) drafts.set(name, draft);
  else drafts.delete(name);
  for (const listener of listeners) listener();
}

export function useDraft(name: string): [Draft | null, (draft: Draft | null) => void] {
  const draft = useSyncExternalStore(subscribe, () => drafts.get(name) ?? null);
  return [draft, useCallback((next: Draft | null) => setDraft(name, next), [name])];
}
