// The mark of a device by how it stands; the word beside it says the same.
import { standingLooks } from "./standing";

export function DeviceIcon({ standing, size = 18 }: { standing: keyof typeof standingLooks; size?: number }) {
  const look = standingLooks[standing];
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="-1.3 -1.3 2.6 2.6" className="mark">
      <path d={look.path} fill={look.filled ? look.colour : "none"} stroke={look.colour} strokeWidth={0.32} strokeLinejoin="round" />
    </svg>
  );
}
