// The filters of the device list: words, ward, kind, standing; each says how many it would show.
import type { Area } from "../../api/wire";
import { figure } from "../../lib/figure";
import { DeviceIcon } from "../../ui/DeviceIcon";
import { WordsField } from "../../ui/WordsField";
import { useWords } from "../../ui/words";
import { standings } from "./contact";
import type { Sieve, Sifted } from "./sift";

interface Props {
  sieve: Sieve;
  sifted: Sifted;
  areas: readonly Area[];
  onSieve: (change: { [K in keyof Sieve]: Sieve[K] | undefined }) => void;
}

export const FILTER_ID = "device-filter";

export function DeviceFilter({ sieve, sifted, areas, onSieve }: Props) {
  const { t, language } = useWords();
  const profiles = [...sifted.profiles].sort(([a], [b]) => a.localeCompare(b));
  return (
    <search className="sieve" aria-label={t("devices.filter")}>
      <WordsField id={FILTER_ID} label={t("devices.words")} stroke="f" value={sieve.q ?? ""} onValue={(text) => onSieve({ q: text || undefined })} />
      <select aria-label={t("devices.area")} value={sieve.area ?? ""} onChange={(event) => onSieve({ area: event.target.value || undefined })}>
        <option value="">{t("devices.allAreas")}</option>
        {areas.map((area) => <option key={area.code} value={area.code}>{area.name}</option>)}
      </select>
      <select aria-label={t("devices.kind")} value={sieve.profile ?? ""} onChange={(event) => onSieve({ profile: event.target.value || undefined })}>
        <option value="">{t("devices.allKinds")}</option>
        {profiles.map(([profile, count]) => <option key={profile} value={profile}>{t(`kind.${profile}`, { defaultValue: profile })} ({figure(count, language)})</option>)}
        {sieve.profile && !sifted.profiles.has(sieve.profile) ? <option value={sieve.profile}>{t(`kind.${sieve.profile}`, { defaultValue: sieve.profile })} (0)</option> : null}
      </select>
      <div role="group" aria-label={t("devices.standing")} className="chips">
        {standings.map((each) => (
          <button key={each} type="button" className="chip" aria-pressed={sieve.standing === each} onClick={() => onSieve({ standing: sieve.standing === each ? undefined : each })}>
            <DeviceIcon standing={each} size={13} /> {t(`standing.${each}`)} <span className="chip-count">{figure(sifted.standings.get(each) ?? 0, language)}</span>
          </button>
        ))}
        <button type="button" className="chip" aria-pressed={sieve.sort === "contact"} onClick={() => onSieve({ sort: sieve.sort === "contact" ? undefined : "contact" })}>{t("devices.unwellFirst")}</button>
      </div>
    </search>
  );
}
