// The texts of an item: what is changed here, both sides of a conflict, the text that counts, the pack's own.
import { useMemo } from "react";
import { difference, readUnified, tally } from "../../lib/lines";
import { DiffView } from "../../ui/DiffView";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { useWords } from "../../ui/words";
import type { Whole } from "./model";
import { type View, viewsOf } from "./views";

interface Props {
  item: Whole;
  at: number | null;
  view: View | undefined;
  onView: (view: View | undefined) => void;
}

export function TextsPanel({ item, at, view, onView }: Props) {
  const { t } = useWords();
  const may = viewsOf(item);
  const shown = may.find((each) => each === view) ?? may[0];
  return (
    <Panel title={t("pack.texts")} className="pack-work" stamp={<Freshness at={at} stale={120} />}>
      {may.length > 1 ? (
        <div className="sieve">
          <div role="group" aria-label={t("pack.viewLabel")} className="chips">
            {may.map((each) => <button key={each} type="button" className="chip" aria-pressed={each === shown} onClick={() => onView(each === may[0] ? undefined : each)}>{t(`pack.view.${each}`)}</button>)}
          </div>
        </div>
      ) : null}
      <div className="scroll body">
        {shown === undefined ? <p className="note">{t("pack.nothing")}</p> : null}
        {shown === "conflict" ? <Conflict item={item} /> : null}
        {shown === "diff" ? <Changed item={item} /> : null}
        {shown === "text" ? <Text label={t("pack.view.text")} text={item.text ?? ""} /> : null}
        {shown === "base" ? <Text label={t("pack.view.base")} text={item.base_text ?? ""} /> : null}
      </div>
    </Panel>
  );
}

export function Text({ label, text }: { label: string; text: string }) {
  return <pre role="region" aria-label={label} tabIndex={0} className="pack-text">{text}</pre>;
}

function Changed({ item }: { item: Whole }) {
  const { t } = useWords();
  const lines = useMemo(() => difference(item.base_text ?? "", item.overlay_text ?? ""), [item.base_text, item.overlay_text]);
  return (
    <>
      <p className="quiet pack-tally">{t("pack.tally", tally(lines))}</p>
      <DiffView label={t("pack.view.diff")} lines={lines} empty={t("pack.sameText")} />
    </>
  );
}

function Conflict({ item }: { item: Whole }) {
  const { t } = useWords();
  const { conflict } = item;
  const proposal = conflict?.proposal;
  const [byPack, byPerson] = useMemo(() => [readUnified(conflict?.diff_base ?? ""), readUnified(conflict?.diff_overlay ?? "")], [conflict]);
  const joined = useMemo(() => (typeof proposal === "string" ? difference(item.text ?? "", proposal) : []), [proposal, item.text]);
  const gone = typeof item.base_text !== "string";
  return (
    <>
      <p className="note">{t(gone ? "pack.conflict.gone" : "pack.conflict.about")}</p>
      <h3 className="sub">{t("pack.conflict.byPack")}</h3>
      <DiffView label={t("pack.conflict.byPack")} lines={byPack} empty={t("pack.sameText")} />
      <h3 className="sub">{t("pack.conflict.byPerson")}</h3>
      <DiffView label={t("pack.conflict.byPerson")} lines={byPerson} empty={t("pack.sameText")} />
      {gone ? null : (
        <>
          <h3 className="sub">{t("pack.conflict.proposal")}</h3>
          <p className="quiet">{t(typeof proposal === "string" ? "pack.conflict.joined" : "pack.conflict.notJoined")}</p>
          {typeof proposal === "string" ? <DiffView label={t("pack.conflict.proposal")} lines={joined} empty={t("pack.sameText")} /> : null}
        </>
      )}
    </>
  );
}
