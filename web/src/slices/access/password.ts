// What can be wrong with a new password before the server is asked. Its strength is the server's to judge. Pure.

export interface Fields {
  old: string;
  fresh: string;
  again: string;
}

/** The fault of each field, as a key of the translations. */
export function faults({ old, fresh, again }: Fields): Partial<Record<keyof Fields, string>> {
  return {
    ...(old === "" ? { old: "password.missing" } : {}),
    ...(fresh === "" ? { fresh: "password.missing" } : fresh === old ? { fresh: "password.same" } : {}),
    ...(again !== fresh ? { again: "password.different" } : {}),
  };
}
