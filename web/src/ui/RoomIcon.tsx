// A line drawing in a square of 24; the word beside it says the same.
export function RoomIcon({ path, size = 22 }: { path: string; size?: number }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={1.7} strokeLinejoin="round" strokeLinecap="round" className="mark">
      <path d={path} />
    </svg>
  );
}
