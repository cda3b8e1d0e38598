// Acts on accounts, rights, sessions and tokens: one request each, after which what it touched is asked anew.
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client";

/** Sends an act. `again`: the queries that it touches. */
export function useAct<Answer = unknown, Body extends object | undefined = object | undefined>(method: "POST" | "PUT" | "DELETE", path: string, again: readonly QueryKey[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => call<Answer>(method, path, body),
    // whoever was slower sees what the faster one did
    onSettled: () => again.forEach((queryKey) => void client.invalidateQueries({ queryKey })),
  });
}

/** The path of a person, and what is asked anew after an act upon one. */
export function personPath(account: string, ...rest: readonly string[]): string {
  return ["/api/v1/people", account, ...rest].map((part, at) => (at === 0 ? part : encodeURIComponent(part))).join("/");
}
export const ofPerson = (account: string): QueryKey[] => [["people"], ["person", account], ["review"]];
