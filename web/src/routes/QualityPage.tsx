// The room of data quality: what was kept aside and why, and which series speak doubtfully.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useDevices } from "../slices/device/useDevices";
import { useSeriesNames } from "../slices/device/useSeriesNames";
import { findingWords } from "../slices/observation/finding";
import { byReason } from "../slices/observation/kept";
import { KeptPanel, REPLAY_ID } from "../slices/observation/KeptPanel";
import { doubtfulOf, useNewest } from "../slices/observation/useNewest";
import { useQuarantine } from "../slices/observation/useQuarantine";
import { serverNow } from "../api/pulse";
import { ago } from "../lib/age";
import { figure, withUnit } from "../lib/figure";
import { fold } from "../lib/fold";
import { useListKeys } from "../shell/useListKeys";
import { useServerNow } from "../ui/clock";
import { Freshness } from "../ui/Freshness";
import { Panel } from "../ui/Panel";
import { problemWords } from "../ui/problemWords";
import { VirtualList } from "../ui/VirtualList";
import { WordsField } from "../ui/WordsField";
import { useWords } from "../ui/words";
import { type QualitySearch, qualitySearch } from "./search";

const LIST = "kept-list";
const none: never[] = [];

export function QualityPage() {
  const { t, language, pick } = useWords();
  const navigate = useNavigate();
  const search = qualitySearch(useSearch({ strict: false }));
  const now = useServerNow();
  const inSeries = search.view === "series";
  // The id of a device is asked of the server; any other text is looked for in what came.
  const fleet = useDevices().data?.items ?? none;
  const exact = fleet.some((device) => device.id === search.device) ? search.device : undefined;
  const kept = useQuarantine(exact);
  const newest = useNewest(true);
  const doubtful = useMemo(() => doubtfulOf(newest.data?.items ?? []), [newest.data]);
  const seriesName = useSeriesNames(fleet, useMemo(() => new Set(inSeries ? doubtful.items.map((each) => each.device) : []), [inSeries, doubtful]));
  const [cursor, setCursor] = useState<string | null>(null);
  const go = (change: { [K in keyof QualitySearch]: QualitySearch[K] | undefined }, replace = false) => void navigate({ to: "/quality", search: { ...search, ...change } as never, replace });
  const words = fold(search.device ?? "");
  const all = useMemo(() => (kept.data?.items ?? []).filter((item) => words === "" || fold(`${item.device} ${item.sender} ${item.detail} ${findingWords(t, item.reason, item.detail, serverNow(), language)}`).includes(words)), [kept.data, words, language]);
  const reasons = useMemo(() => byReason(all), [all]);
  const items = useMemo(() => all.filter((item) => !search.reason || item.reason === search.reason), [all, search.reason]);
  const series = doubtful.items;
  const selected = inSeries ? cursor : (search.item ?? cursor);
  const open = (key: string) => (inSeries ? void navigate({ to: "/devices/$device", params: { device: series.find((each) => String(each.series) === key)?.device ?? "" } }) : go({ item: key }));
  useListKeys({
    listId: LIST,
    keys: inSeries ? series.map((each) => String(each.series)) : items.map((item) => item.id),
    selected,
    onSelect: (key) => (search.item && !inSeries ? go({ item: key }, true) : setCursor(key)),
    onOpen: open,
    onClose: () => (search.item ? go({ item: undefined }) : setCursor(null)),
    more: { f: () => document.getElementById("kept-device")?.focus(), r: () => document.getElementById(REPLAY_ID)?.focus() },
  });
  const item = inSeries ? undefined : all.find((each) => each.id === search.item);
  const from = inSeries ? newest : kept;
  const complete = from.data?.complete ?? true;
  return (
    <div className="duty centre" data-detail={item !== undefined}>
      <main className="columns">
        <Panel title={t("rooms.quality")} className="alerts" stamp={<Freshness at={from.dataUpdatedAt || null} stale={90} />}>
          <div className="sieve">
            <div role="group" aria-label={t("quality.view")} className="chips">
              <button type="button" className="chip" aria-pressed={!inSeries} onClick={() => go({ view: undefined })}>{t("quality.kept")} <span className="chip-count">{figure(all.length, language)}{kept.data?.complete === false ? "+" : ""}</span></button>
              <button type="button" className="chip" aria-pressed={inSeries} onClick={() => go({ view: "series", item: undefined })}>{t("quality.doubtful")} <span className="chip-count">{figure(series.length, language)}</span></button>
            </div>
            {inSeries ? (
              <span className="quiet">{t("quality.looked", { looked: figure(doubtful.looked, language), bad: figure(doubtful.counts.bad, language), suspect: figure(doubtful.counts.suspect, language) })}</span>
            ) : (
              <>
                <WordsField id="kept-device" label={t("quality.device")} stroke="f" value={search.device ?? ""} onValue={(text) => go({ device: text.trim() || undefined, item: undefined }, true)} />
                <div role="group" aria-label={t("quality.reasons")} className="chips">
                  {reasons.map(([reason, count]) => (
                    <button key={reason} type="button" className="chip" aria-pressed={search.reason === reason} onClick={() => go({ reason: search.reason === reason ? undefined : reason, item: undefined })}>
                      {t(`reason.${reason}`, { defaultValue: reason })} <span className="chip-count">{figure(count, language)}</span>
                    </button>
                  ))}
                </div>
              </>
            )}
          </div>
          {from.isError ? <p role="alert" className="error">{problemWords(t, from.error)}</p> : null}
          {complete ? null : <p className="note">{t("quality.more", { count: from.data?.items.length ?? 0 })}</p>}
          {inSeries ? (
            <VirtualList id={LIST} label={t("quality.doubtful")} items={series} keyOf={(each) => String(each.series)} height={56} selected={selected} onSelect={setCursor} onOpen={open} empty={t(newest.isPending ? "loading" : "quality.noneDoubtful")}>
              {(each) => (
                <div className={`kept-row quality-${each.quality}`}>
                  <span className="kept-main"><strong>{pick(each.title, each.entity)} · {seriesName(each.device, each.name)}</strong><small>{each.device}</small></span>
                  <span className="kept-value">{withUnit(each.value, each.unit, language)}</span>
                  <span className="quality">{t(`quality.${each.quality}`)}{each.doubt && each.doubt !== "none" ? ` · ${t(`doubt.${each.doubt}`, { defaultValue: each.doubt })}` : ""}</span>
                  <time dateTime={each.time} className="quiet">{ago(Date.parse(each.time), now, language)}</time>
                </div>
              )}
            </VirtualList>
          ) : (
            <VirtualList id={LIST} label={t("quality.kept")} items={items} keyOf={(each) => each.id} height={56} selected={selected} onSelect={setCursor} onOpen={open} empty={t(kept.isPending ? "loading" : "quality.none")}>
              {(each) => (
                <div className="kept-row">
                  <span className="kept-main"><strong>{t(`reason.${each.reason}`, { defaultValue: each.reason })}</strong><small>{each.device}</small></span>
                  <span className="kept-detail" title={each.detail}>{findingWords(t, each.reason, each.detail, now, language)}</span>
                  <span className="kept-state">{each.replayed ? t("quality.wasReplayed") : ""}</span>
                  <time dateTime={each.at} className="quiet">{ago(Date.parse(each.at), now, language)}</time>
                </div>
              )}
            </VirtualList>
          )}
        </Panel>
        {item ? <KeptPanel key={item.id} item={item} at={kept.dataUpdatedAt || null} onDevice={(id) => void navigate({ to: "/devices/$device", params: { device: id } })} onClose={() => go({ item: undefined })} /> : null}
      </main>
    </div>
  );
}
