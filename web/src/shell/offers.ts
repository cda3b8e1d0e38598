// What can be done on the page just now, offered by the room that is open and found by the command palette.
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Offer {
  id: string;
  title: string;
  /** The key that does the same. */
  stroke?: string;
  run: () => void;
}

const none: readonly Offer[] = [];
let offered: readonly Offer[] = none;
const listeners = new Set<() => void>();

function set(next: readonly Offer[]): void {
  offered = next;
  for (const listener of listeners) listener();
}

/** Offers these while the component stands. They are run as they are then. */
export function useOffers(offers: readonly Offer[]): void {
  const now = useRef(offers);
  useEffect(() => {
    now.current = offers;
  });
  const key = offers.map((offer) => `${offer.id} ${offer.title}`).join("\n");
  useEffect(() => {
    set(now.current.map((offer) => ({ ...offer, run: () => now.current.find((each) => each.id === offer.id)?.run() })));
    return () => set(none);
  }, [key]);
}

/** What is offered just now. */
export function useOffered(): readonly Offer[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => offered);
}
