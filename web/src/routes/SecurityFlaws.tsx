// The register of vulnerabilities, the soonest due first, and the act of changing how one stands.
import { Button } from "@mantine/core";
import { useDeferredValue, useMemo, useState } from "react";
import { useOrgs } from "../slices/access/useOrgs";
import { FlawDialog } from "../slices/security/dialogs";
import { FlawPanel } from "../slices/security/panels";
import { FlawRow } from "../slices/security/rows";
import { sift } from "../slices/security/sieve";
import { useFlaws } from "../slices/security/useSecurity";
import { type Flaw, type FlawState, flawStates, grades } from "../slices/security/wire";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";
import { GroupChips, type PartProps, SecurityShelf } from "./SecurityShelf";
import { useSecurityNames } from "./useSecurityNames";

const none: never[] = [];
const text = (flaw: Flaw) => `${flaw.package} ${flaw.version} ${flaw.advisory} ${flaw.aliases.join(" ")} ${flaw.summary}`;

export function SecurityFlaws({ search, go }: PartProps) {
  const { t } = useWords();
  const may = useMay();
  const { past } = useTime();
  const { orgs, orgName } = useOrgs();
  const actorName = useSecurityNames();
  const query = useFlaws();
  const [changing, setChanging] = useState<Flaw | null>(null);
  const q = useDeferredValue(search.q);
  const state = flawStates.find((each) => each === search.state);
  const grade = grades.find((each) => each === search.kind);
  const sifted = useMemo(() => sift((query.data?.items ?? none).filter((flaw) => !grade || flaw.grade === grade), text, q, (flaw) => flaw.state as FlawState, state), [query.data, q, state, grade]);
  const filter = (
    <>
      <select aria-label={t("security.grades")} value={grade ?? ""} onChange={(event) => go({ kind: event.target.value || undefined })}>
        <option value="">{t("security.anyGrade")}</option>
        {grades.map((each) => <option key={each} value={each}>{t(`security.grade.${each}`)}</option>)}
      </select>
      <GroupChips label={t("security.state")} all={flawStates} words={(each) => t(`security.flawState.${each}`)} counts={sifted.counts} chosen={state} onChoose={(each) => go({ state: each })} />
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
        detail={(flaw, close) => <FlawPanel flaw={flaw} orgName={orgName} actorName={actorName} onClose={close} acts={past ? <p className="quiet">{t("whyNot.past")}</p> : may("security.keep") ? <Button type="button" size="sm" onClick={() => setChanging(flaw)}>{t("security.change")}</Button> : null} />}
      />
      {changing ? <FlawDialog flaw={changing} orgs={orgs} onClose={() => setChanging(null)} /> : null}
    </>
  );
}
