// Changing an item of the pack: putting a text over it, taking that back, settling a conflict. Each is sent for the version that was judged.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, get } from "../../api/client";
import type { Outcome, Whole } from "./model";
import { keyOf, pathOf } from "./usePack";

export type Deed = { act: "put"; text: string } | { act: "lift" } | { act: "settle"; take: "overlay" | "base" } | { act: "settle"; take: "text"; text: string };

export interface Judged {
  deed: Deed;
  /** The version that the person had before them; 0 when there was none. */
  version: number;
}

/** The server judges all files of the pack before it answers. */
const PATIENCE = 60_000;

/** The request of a deed. */
export function requestOf(path: string, { deed, version }: Judged): { method: string; path: string; body?: unknown; headers: Record<string, string> } {
  const headers = { "if-match": `"${version}"` };
  if (deed.act === "lift") return { method: "DELETE", path: `${path}/overlay`, headers };
  if (deed.act === "settle") return { method: "POST", path: `${path}/resolve`, body: deed.take === "text" ? { take: deed.take, text: deed.text } : { take: deed.take }, headers };
  return { method: "PUT", path, body: new Blob([deed.text], { type: "text/plain;charset=utf-8" }), headers };
}

function send(path: string, judged: Judged): Promise<Outcome> {
  const { method, path: to, body, headers } = requestOf(path, judged);
  return call<Outcome>(method, to, body, undefined, PATIENCE, headers);
}

/** Sends a deed; on success the page has the item as it is now before it says so. */
export function useDeed(kind: string, id: string) {
  const client = useQueryClient();
  const path = pathOf(kind, id);
  // Also while the screen is held still: who has just changed something sees it.
  const look = () => Promise.allSettled([client.fetchQuery({ queryKey: keyOf(kind, id), queryFn: () => get<Whole>(path), retry: false }), client.invalidateQueries({ queryKey: ["pack"] })]);
  return useMutation({
    mutationFn: (judged: Judged) => send(path, judged),
    onSuccess: look,
    // whoever was slower sees what the faster one did
    onError: () => void look(),
  });
}
