// What people call the values of devices: one device of each kind is asked, and speaks for its kind.
import { useQueries } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Device } from "../../api/wire";
import { useWords } from "../../ui/words";

const FOREVER = Number.POSITIVE_INFINITY;

/** Gives the name of a device's value in the language of the page; its code while nothing better is known. */
export function useSeriesNames(fleet: readonly Device[], ids: ReadonlySet<string>): (device: string, name: string) => string {
  const { pick } = useWords();
  const asked = fleet.filter((device) => ids.has(device.id));
  const first = new Map(asked.toReversed().map((device) => [device.profile, device.id]));
  const answers = useQueries({ queries: [...first.values()].map((id) => ({ queryKey: ["device", id], queryFn: ({ signal }: { signal: AbortSignal }) => get<Device>(`/api/v1/devices/${encodeURIComponent(id)}`, {}, signal), staleTime: FOREVER })) });
  const titles = new Map(answers.flatMap(({ data }) => (data?.series ?? []).map((each) => [`${data?.profile} ${each.name}`, pick(each.title, each.name)] as const)));
  const kinds = new Map(asked.map((device) => [device.id, device.profile]));
  return (device, name) => titles.get(`${kinds.get(device)} ${name}`) ?? name;
}
