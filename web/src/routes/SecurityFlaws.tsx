// The register of vulnerabilities, the soonest due first, changing how one stands, and taking in parts and advisories.
import { Button } from "@mantine/core";
import { useDeferredValue, useMemo, useState } from "react";
import { useOrgs } from "../slices/access/useOrgs";
import { FlawDialog } from "../slices/security/dialogs";
import { ImportDialog } from "../slices/security/ImportDialog";
import { FlawPanel } from "../slices/security/panels";
import { FlawRow } from "../slices/security/rows";
import { ownersOf, siftFlaws } from "../slices/security/sieve";
import { useFlaws } from "../slices/security/useSecurity";
import { type Flaw, flawStates, grades } from "../slices/security/wire";
import { useServerNow } from "../ui/clock";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";
import { GroupChips, type PartProps, SecurityShelf } from "./SecurityShelf";
import { useSecurityNames } from "./useSecurityNames";

const none: never[] = [];
/** In the address: nobody answers for it yet. */
const NOBODY = "-";

export function SecurityFlaws({ search, go }: PartProps) {
  const { t } = useWords();
  const may = useMay();
  const { past } = useTime();
  const { orgs, orgName } = useOrgs();
  const actorName = useSecurityNames();
  const query = useFlaws();
  const [changing, setChanging] = useState<Flaw | null>(null);
  const [importing, setImporting] = useState(false);
  const now = useServerNow();
  const q = useDeferredValue(search.q);
  const state = flawStates.find((each) => each === search.state);
  const grade = grades.find((each) => each === search.kind);
  const flaws: readonly Flaw[] = query.data?.items ?? none;
  const owners = useMemo(() => ownersOf(flaws, orgName), [flaws, orgName]);
  const over = search.due === "over";
  const owner = search.org === NOBODY ? "" : search.org;
  // Only what is overdue changes by itself from second to second.
  const sifted = useMemo(() => siftFlaws(flaws, orgName, { ...(q ? { q } : {}), ...(grade ? { grade } : {}), ...(state ? { state } : {}), ...(owner === undefined ? {} : { owner }), over }, now), [flaws, orgName, q, grade, state, owner, over, over ? now : 0]);
  const begin = !past && may("security.keep") ? { title: t("security.import"), run: () => setImporting(true) } : null;
  const filter = (
    <>
      <select aria-label={t("security.grades")} value={grade ?? ""} onChange={(event) => go({ kind: event.target.value || undefined })}>
        <option value="">{t("security.anyGrade")}</option>
        {grades.map((each) => <option key={each} value={each}>{t(`security.grade.${each}`)}</option>)}
      </select>
      <select aria-label={t("security.owner")} value={search.org ?? ""} onChange={(event) => go({ org: event.target.value || undefined })}>
        <option value="">{t("security.anyOwner")}</option>
        <option value={NOBODY}>{t("security.noOwner")}</option>
        {search.org && search.org !== NOBODY && !owners.includes(search.org) ? <option value={search.org}>{orgName(search.org)}</option> : null}
        {owners.map((each) => <option key={each} value={each}>{orgName(each)}</option>)}
      </select>
      <GroupChips label={t("security.state")} all={flawStates} words={(each) => t(`security.flawState.${each}`)} counts={sifted.counts} chosen={state} onChoose={(each) => go({ state: each })} />
      <button type="button" className="chip" aria-pressed={over} onClick={() => go({ due: over ? undefined : "over" })}>{t("security.overdue")}</button>
    </>
  );
  return (
    <>
      <SecurityShelf
        search={search}
        go={go}
        query={query}
        items={sifted.items}
        keyOf={(flaw) => flaw.id}
        row={(flaw) => <FlawRow flaw={flaw} orgName={orgName} />}
        filter={filter}
        none="security.noFlaws"
        act={begin}
        detail={(flaw, close) => <FlawPanel flaw={flaw} orgName={orgName} actorName={actorName} onClose={close} acts={past ? <p className="quiet">{t("whyNot.past")}</p> : may("security.keep") ? <Button type="button" size="sm" onClick={() => setChanging(flaw)}>{t("security.change")}</Button> : null} />}
      />
      {importing ? <ImportDialog onClose={() => setImporting(false)} /> : null}
      {changing ? <FlawDialog flaw={changing} orgs={orgs} onClose={() => setChanging(null)} /> : null}
    </>
  );
}
