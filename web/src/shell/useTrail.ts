// The last figures of something that is asked again and again, for a small line beside it.
import { useEffect, useState } from "react";

/** The last `most` values, oldest first; one for each `stamp`. */
export function useTrail(value: number | undefined, stamp: number, most = 120): readonly number[] {
  const [trail, setTrail] = useState<readonly number[]>([]);
  useEffect(() => {
    if (value !== undefined && stamp > 0) setTrail((before) => [...before.slice(1 - most), value]);
    // One value for each answer, even when it is the same.
  }, [stamp]);
  return trail;
}
