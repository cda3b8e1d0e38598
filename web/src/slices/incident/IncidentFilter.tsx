// The filters of the list of incidents: words, state, level, ward, organisation.
import type { Area, Org } from "../../api/wire";
import { SeverityMark } from "../../ui/SeverityMark";
import { severities } from "../../ui/severity";
import { WordsField } from "../../ui/WordsField";
import { useWords } from "../../ui/words";
import { type Sieve, standings } from "./sieve";

interface Props {
  sieve: Sieve;
  areas: readonly Area[];
  orgs: readonly Org[];
  onSieve: (change: { [K in keyof Sieve]: Sieve[K] | undefined }) => void;
  onOpen: (() => void) | null;
}

export const FILTER_ID = "incident-filter";

export function IncidentFilter({ sieve, areas, orgs, onSieve, onOpen }: Props) {
  const { t, pick } = useWords();
  const state = sieve.state ?? "active";
  return (
    <search className="sieve" aria-label={t("incident.filter")}>
      <WordsField id={FILTER_ID} label={t("incident.words")} stroke="f" value={sieve.q ?? ""} onValue={(text) => onSieve({ q: text || undefined })} />
      <div role="group" aria-label={t("incident.stateLabel")} className="chips">
        {standings.map((each) => <button key={each} type="button" className="chip" aria-pressed={state === each} onClick={() => onSieve({ state: each === "active" ? undefined : each })}>{t(`incident.list.${each}`)}</button>)}
      </div>
      <div role="group" aria-label={t("incident.levels")} className="chips">
        {severities.map((level) => <button key={level} type="button" className="chip chip-level" aria-pressed={sieve.severity === level} aria-label={t(`severity.${level}`)} onClick={() => onSieve({ severity: sieve.severity === level ? undefined : level })}><SeverityMark severity={level} size={20} /></button>)}
      </div>
      <select aria-label={t("devices.area")} value={sieve.area ?? ""} onChange={(event) => onSieve({ area: event.target.value || undefined })}>
        <option value="">{t("devices.allAreas")}</option>
        {areas.map((area) => <option key={area.code} value={area.code}>{area.name}</option>)}
      </select>
      <select aria-label={t("incident.org")} value={sieve.org ?? ""} onChange={(event) => onSieve({ org: event.target.value || undefined })}>
        <option value="">{t("incident.allOrgs")}</option>
        {orgs.map((org) => <option key={org.code} value={org.code}>{pick(org.title, org.code)}</option>)}
      </select>
      {onOpen ? <button type="button" className="chip chip-main" aria-keyshortcuts="n" onClick={onOpen}>{t("incident.open.do")} <kbd>n</kbd></button> : null}
    </search>
  );
}
