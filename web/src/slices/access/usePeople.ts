// The accounts within reach, one of them, and the review of who may what.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { collect, get } from "../../api/client";
import { nameOf } from "../../api/people";
import { useMay } from "../../ui/may";
import { usePace } from "../../ui/pace";
import { personPath } from "./act";
import type { Person, Review } from "./wire";

/** The page holds at most so many accounts, and says so when there are more. */
export const MOST = 10_000;

export function usePeople() {
  const queryKey = ["people"];
  const may = useMay();
  const pace = usePace(queryKey, 60_000);
  return useQuery({ queryKey, queryFn: ({ signal }) => collect<Person>("/api/v1/people", { limit: 500 }, MOST, signal), ...pace, enabled: may("person.read") && pace.enabled, staleTime: 15_000 });
}

export function usePerson(account: string) {
  const queryKey = ["person", account];
  return useQuery({ queryKey, queryFn: ({ signal }) => get<Person>(personPath(account), {}, signal), ...usePace(queryKey, 60_000), retry: false });
}

export function useReview() {
  const queryKey = ["review"];
  return useQuery({ queryKey, queryFn: ({ signal }) => get<Review>("/api/v1/access/review", {}, signal), ...usePace(queryKey, false), staleTime: 60_000 });
}

/** Names of those who act, as far as the page may know them: an account where facts have an id. */
export function useActorNames(): { actorName: (actor: string) => string; people: readonly Person[] } {
  const query = usePeople();
  const people = query.data?.items;
  const names = useMemo(() => new Map((people ?? []).map((person) => [person.actor, person.account])), [people]);
  const actorName = useCallback((actor: string) => names.get(actor) ?? nameOf(actor), [names]);
  return { actorName, people: people ?? none };
}
const none: readonly Person[] = [];
