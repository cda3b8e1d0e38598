// The filters of the list of the pack: words, kind, state; each says how many it would show.
import { figure } from "../../lib/figure";
import { WordsField } from "../../ui/WordsField";
import { useWords } from "../../ui/words";
import { type Kind, kinds, states } from "./model";
import type { Sieve, Sifted } from "./sieve";
import { StateMark } from "./StateWords";

interface Props {
  sieve: Sieve;
  sifted: Sifted;
  onSieve: (change: { [K in keyof Sieve]: Sieve[K] | undefined }) => void;
  /** Adding an item; null when that cannot be now. */
  onNew: (() => void) | null;
}

export const FILTER_ID = "pack-filter";

export function PackFilter({ sieve, sifted, onSieve, onNew }: Props) {
  const { t, language } = useWords();
  const shown = states.filter((state) => state === "base" || state === "overlay" || sieve.state === state || (sifted.states.get(state) ?? 0) > 0);
  return (
    <search className="sieve" aria-label={t("pack.filter")}>
      <WordsField id={FILTER_ID} label={t("pack.words")} stroke="f" value={sieve.q ?? ""} onValue={(text) => onSieve({ q: text || undefined })} />
      <select aria-label={t("pack.kindLabel")} value={sieve.kind ?? ""} onChange={(event) => onSieve({ kind: (event.target.value || undefined) as Kind | undefined })}>
        <option value="">{t("pack.allKinds")}</option>
        {kinds.map((kind) => <option key={kind} value={kind}>{t(`pack.kind.${kind}`)} ({figure(sifted.kinds.get(kind) ?? 0, language)})</option>)}
      </select>
      <div role="group" aria-label={t("pack.stateLabel")} className="chips">
        {shown.map((state) => (
          <button key={state} type="button" className="chip" aria-pressed={sieve.state === state} onClick={() => onSieve({ state: sieve.state === state ? undefined : state })}>
            <StateMark state={state} size={15} /> {t(`pack.state.${state}`)} <span className="chip-count">{figure(sifted.states.get(state) ?? 0, language)}</span>
          </button>
        ))}
      </div>
      {onNew ? <button type="button" className="chip chip-main" aria-keyshortcuts="n" onClick={onNew}>{t("pack.new.do")} <kbd>n</kbd></button> : null}
    </search>
  );
}
