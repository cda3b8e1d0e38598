// The idempotency key of what a dialog sends: the same content has the same key, so that asking twice does it once.
import { useRef } from "react";

export function useKeyOf(): (body: object) => string {
  const keys = useRef(new Map<string, string>());
  return (body) => {
    const content = JSON.stringify(body);
    const key = keys.current.get(content) ?? crypto.randomUUID();
    keys.current.set(content, key);
    return key;
  };
}
