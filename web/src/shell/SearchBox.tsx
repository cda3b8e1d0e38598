// Search over devices, wards and alerts, with or without accents.
import { useDeferredValue, useId, useMemo, useRef, useState } from "react";
import { type Findable, find } from "../lib/fold";
import { useWords } from "../ui/words";

export interface Target extends Findable {
  kind: "alert" | "device" | "area";
  id: string;
  title: string;
  about: string;
}

export const SEARCH_ID = "search";

export function SearchBox({ targets, onChoose }: { targets: readonly Target[]; onChoose: (target: Target) => void }) {
  const { t } = useWords();
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const asked = useDeferredValue(query);
  const hits = useMemo(() => find(targets, asked, 12), [targets, asked]);
  const shown = open && asked.trim() !== "";

  const choose = (target: Target | undefined) => {
    if (!target) return;
    onChoose(target);
    setOpen(false);
    setQuery("");
    input.current?.blur();
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => setAt(Math.min(hits.length - 1, at + 1)),
    ArrowUp: () => setAt(Math.max(0, at - 1)),
    Enter: () => choose(hits[at]),
    Escape: () => { setOpen(false); setQuery(""); input.current?.blur(); },
  };

  return (
    <search className="search">
      <input
        ref={input}
        id={SEARCH_ID}
        type="text"
        role="combobox"
        aria-expanded={shown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={shown && hits[at] ? `${list}-${at}` : undefined}
        aria-label={t("search.label")}
        aria-keyshortcuts="/"
        placeholder={t("search.hint")}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => { setQuery(event.target.value); setAt(0); setOpen(true); }}
        onBlur={() => setOpen(false)}
        onFocus={() => setOpen(true)}
        onKeyDown={(event) => {
          const command = keys[event.key];
          if (!command) return;
          event.preventDefault();
          command();
        }}
      />
      <ul id={list} role="listbox" aria-label={t("search.results")} hidden={!shown} className="hits">
        {hits.map((hit, index) => (
          <li
            key={`${hit.kind} ${hit.id}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerDown={(event) => { event.preventDefault(); choose(hit); }}
          >
            <span className="hit-kind">{t(`search.${hit.kind}`)}</span> <strong>{hit.title}</strong> <span className="quiet">{hit.about}</span>
          </li>
        ))}
        {hits.length === 0 ? <li role="option" aria-selected="false" aria-disabled="true" className="quiet">{t("search.none")}</li> : null}
      </ul>
    </search>
  );
}
