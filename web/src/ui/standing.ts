// The marks of devices: a shape and a tone for each standing. Speaking devices stay grey: colour is for the abnormal.
export interface StandingLook {
  colour: string;
  /** Path data in a square from -1 to 1. */
  path: string;
  filled: boolean;
}

export const standingLooks: Record<"speaking" | "silent" | "never" | "blocked", StandingLook> = {
  speaking: { colour: "#8fa3b5", path: "M-.8 0a.8 .8 0 1 0 1.6 0a.8 .8 0 1 0 -1.6 0z", filled: true },
  silent: { colour: "#e8c268", path: "M0 -1L1 0L0 1L-1 0z", filled: false },
  never: { colour: "#8fa3b5", path: "M-.8 0a.8 .8 0 1 0 1.6 0a.8 .8 0 1 0 -1.6 0z", filled: false },
  blocked: { colour: "#e6edf3", path: "M-.8 -.8L.8 .8M-.8 .8L.8 -.8", filled: false },
};
