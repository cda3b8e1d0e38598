// Watches hands over the list: pointer, focus and scroll.
import { useState } from "react";
import { useNow } from "../../ui/clock";
import { isHeld } from "./hold";

export function useHold() {
  const [hold, setHold] = useState({ hovered: false, focused: false, scrolled: false, touched: 0 });
  const now = useNow();
  const touch = (change: Partial<typeof hold>) => setHold((before) => ({ ...before, ...change, touched: Date.now() }));
  return {
    held: isHeld(hold, now),
    scrolled: (top: number) => touch({ scrolled: top > 4 }),
    /** Handlers for the element that is held. A finger holds by scrolling only: it doesn't rest on the list. */
    hands: {
      onPointerEnter: (event: React.PointerEvent) => event.pointerType === "mouse" && touch({ hovered: true }),
      onPointerMove: (event: React.PointerEvent) => event.pointerType === "mouse" && touch({ hovered: true }),
      onPointerLeave: () => touch({ hovered: false }),
      onFocus: () => touch({ focused: true }),
      onBlur: (event: React.FocusEvent) => touch({ focused: event.currentTarget.contains(event.relatedTarget) }),
      onKeyDown: () => touch({}),
    },
  };
}
