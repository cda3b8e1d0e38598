// One version of an item: what it changed, its whole text, and the way to write on from it.
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { moment } from "../../lib/age";
import { readUnified } from "../../lib/lines";
import { useServerNow } from "../../ui/clock";
import { DiffView } from "../../ui/DiffView";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { byWords } from "./byWords";
import type { Version, Whole } from "./model";
import { Text } from "./TextsPanel";
import { usePackVersion } from "./usePack";

interface Props {
  item: Whole;
  version: Version;
  at: number | null;
  /** Begins to write with this text; null when nothing can be changed now. */
  onWrite: ((text: string) => void) | null;
  onClose: () => void;
}

export function VersionPanel({ item, version, at, onWrite, onClose }: Props) {
  const { t } = useWords();
  const now = useServerNow();
  const [whole, setWhole] = useState(false);
  const hasText = version.sha256 !== undefined && version.sha256 !== null;
  const query = usePackVersion(item.kind, item.id, version.version, hasText);
  const text = query.data?.text;
  const lines = useMemo(() => readUnified(version.diff ?? ""), [version.diff]);
  const title = t("pack.version", { version: version.version, change: t(`pack.change.${version.change}`) });
  return (
    <Panel title={title} className="pack-work" onClose={onClose} stamp={<Freshness at={at} stale={120} />}>
      <div className="sieve">
        {hasText ? (
          <div role="group" aria-label={t("pack.viewLabel")} className="chips">
            <button type="button" className="chip" aria-pressed={!whole} onClick={() => setWhole(false)}>{t("pack.versionDiff")}</button>
            <button type="button" className="chip" aria-pressed={whole} onClick={() => setWhole(true)}>{t("pack.versionText")}</button>
          </div>
        ) : null}
        <span className="quiet grow">{moment(Date.parse(version.at), now)} · {byWords(t, version.by)}{version.pack ? ` · ${version.pack.name}` : ""}</span>
        {onWrite && typeof text === "string" ? <Button size="sm" variant="default" onClick={() => onWrite(text)}>{t("pack.writeFrom")}</Button> : null}
      </div>
      <div className="scroll body">
        {query.isError ? <p role="alert" className="error">{problemWords(t, query.error)}</p> : null}
        {whole ? typeof text === "string" ? <Text label={t("pack.versionText")} text={text} /> : <p className="quiet">{t("loading")}</p> : <DiffView label={t("pack.versionDiff")} lines={lines} empty={t(version.change === "kept" ? "pack.keptText" : "pack.sameText")} />}
      </div>
    </Panel>
  );
}
