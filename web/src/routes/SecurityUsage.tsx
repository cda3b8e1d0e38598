// Who used the API how much on a day, and what each client's quota leaves.
import { useDeferredValue, useMemo } from "react";
import { useSession } from "../slices/access/useSession";
import { UsageRow } from "../slices/security/rows";
import { dayAfter, sift } from "../slices/security/sieve";
import { useUsage } from "../slices/security/useSecurity";
import { type Usage, clientKinds } from "../slices/security/wire";
import { useWords } from "../ui/words";
import { GroupChips, type PartProps, SecurityShelf } from "./SecurityShelf";

const none: never[] = [];
const text = (usage: Usage) => `${usage.id} ${usage.account ?? ""}`;

export function SecurityUsage({ search, go }: PartProps) {
  const { t } = useWords();
  const query = useUsage(search.day);
  const me = useSession().data?.account;
  const q = useDeferredValue(search.q);
  const kind = clientKinds.find((each) => each === search.kind);
  const sifted = useMemo(() => sift(query.data?.items ?? none, text, q, (usage) => usage.kind as (typeof clientKinds)[number], kind), [query.data, q, kind]);
  const day = search.day ?? query.data?.day ?? "";
  const filter = (
    <>
      <span className="chips" role="group" aria-label={t("security.day")}>
        <button type="button" className="chip" disabled={!day} onClick={() => go({ day: dayAfter(day, -1) })}>← {t("security.dayBefore")}</button>
        <input type="date" aria-label={t("security.day")} value={day} onChange={(event) => go({ day: event.target.value || undefined })} />
        <button type="button" className="chip" aria-pressed={search.day === undefined} onClick={() => go({ day: undefined })}>{t("security.today")}</button>
      </span>
      <GroupChips label={t("security.clients")} all={clientKinds} words={(each) => t(`security.clientKind.${each}`)} counts={sifted.counts} chosen={kind} onChoose={(each) => go({ kind: each })} />
    </>
  );
  return <SecurityShelf search={search} go={go} query={query} items={sifted.items} keyOf={(usage) => `${usage.kind}/${usage.id}`} row={(usage) => <UsageRow usage={usage} own={usage.kind === "account" && usage.id === me} />} filter={filter} none="security.noUsage" />;
}
