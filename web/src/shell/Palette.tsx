// The command palette: one field for rooms, devices, wards, alerts and acts, with or without accents.
import { useDeferredValue, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { type Findable, find } from "../lib/fold";
import { useWords } from "../ui/words";

export interface Target extends Findable {
  kind: "room" | "act" | "alert" | "device" | "area";
  id: string;
  title: string;
  about: string;
}

interface Props {
  targets: readonly Target[];
  /** What is shown before anything is typed. */
  first: readonly Target[];
  onChoose: (target: Target) => void;
  onClose: () => void;
}

export function Palette({ targets, first, onChoose, onClose }: Props) {
  const { t } = useWords();
  const list = useId();
  const box = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const asked = useDeferredValue(query);
  const hits = useMemo(() => (asked.trim() === "" ? first : find(targets, asked, 40)), [targets, first, asked]);
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    dialog?.querySelector("input")?.focus();
    return () => dialog?.close();
  }, []);
  useEffect(() => {
    document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [list, at]);

  const choose = (target: Target | undefined) => {
    if (!target) return;
    onClose();
    onChoose(target);
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => setAt(Math.min(hits.length - 1, at + 1)),
    ArrowUp: () => setAt(Math.max(0, at - 1)),
    PageDown: () => setAt(Math.min(hits.length - 1, at + 8)),
    PageUp: () => setAt(Math.max(0, at - 8)),
    // What is typed may be ahead of what is shown.
    Enter: () => choose(asked === query ? hits[at] : find(targets, query, 1)[0]),
  };

  return (
    <dialog ref={box} aria-label={t("palette.title")} className="palette" onCancel={(event) => { event.preventDefault(); onClose(); }} onPointerDown={(event) => event.target === box.current && onClose()}>
      <search>
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={hits[at] ? `${list}-${at}` : undefined}
          aria-label={t("palette.title")}
          placeholder={t("palette.hint")}
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => { setQuery(event.target.value); setAt(0); }}
          onKeyDown={(event) => {
            const command = keys[event.key];
            if (!command || event.nativeEvent.isComposing) return;
            event.preventDefault();
            command();
          }}
        />
      </search>
      <ul id={list} role="listbox" aria-label={t("palette.results")} className="hits">
        {hits.map((hit, index) => (
          <li
            key={`${hit.kind} ${hit.id}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => choose(hit)}
          >
            <span className="hit-kind">{t(`palette.${hit.kind}`)}</span> <strong>{hit.title}</strong> <span className="quiet">{hit.about}</span>
          </li>
        ))}
        {hits.length === 0 ? <li role="option" aria-selected="false" aria-disabled="true" className="quiet">{t("palette.none")}</li> : null}
      </ul>
    </dialog>
  );
}
