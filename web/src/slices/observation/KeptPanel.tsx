// One item of quarantine: what came, what was found, and sending it through again, mended if need be.
import { Button } from "@mantine/core";
import { useState } from "react";
import { nameOf } from "../../api/people";
import { asProblem } from "../../api/problem";
import { moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { useMay } from "../../ui/may";
import { useTime } from "../../ui/moment";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { findingWords } from "./finding";
import { payloadOf, readable, whyNotAgain } from "./kept";
import { type Kept, useReplay } from "./useQuarantine";

export const REPLAY_ID = "replay-do";

interface Props {
  item: Kept;
  /** When the page last asked for it. */
  at: number | null;
  onDevice: (id: string) => void;
  onClose: () => void;
}

export function KeptPanel({ item, at, onDevice, onClose }: Props) {
  const { t, language } = useWords();
  const { past } = useTime();
  const replays = useMay()("quarantine.replay");
  const now = useServerNow();
  const send = useReplay(item.id);
  const [text, setText] = useState(() => readable(item.raw));
  const wanted = payloadOf(item.raw, text);
  const answer = send.data;
  const hindrance = whyNotAgain(item, wanted.as);
  const able = replays && wanted.as !== "unreadable" && hindrance === null && !past;
  const words = (error: unknown) => t(`quality.refused.${asProblem(error).code || "other"}`, { defaultValue: problemWords(t, error) });
  return (
    <Panel title={t("quality.item")} className="detail" onClose={onClose} stamp={<Freshness at={at} stale={90} />}>
      <div className="scroll body">
        <h3 className="kept-title">{t(`reason.${item.reason}`, { defaultValue: item.reason })}</h3>
        <p className="note">{findingWords(t, item.reason, item.detail, now, language)}</p>
        <dl className="facts">
          <div><dt>{t("quality.at")}</dt><dd>{moment(Date.parse(item.at), now)}</dd></div>
          <div><dt>{t("alert.device")}</dt><dd><button type="button" className="link" onClick={() => onDevice(item.device)}>{item.device}</button></dd></div>
          <div><dt>{t("quality.sender")}</dt><dd>{item.sender}</dd></div>
          <div><dt>{t("quality.number")}</dt><dd>{item.item}</dd></div>
          <div><dt>{t("quality.reason")}</dt><dd><code>{item.reason}</code></dd></div>
          <div><dt>{t("quality.finding")}</dt><dd lang="en"><code>{item.detail}</code></dd></div>
        </dl>
        {item.replayed ? <p className="note">{t("quality.replayed", { at: moment(Date.parse(item.replayed.at), now), by: nameOf(item.replayed.by) })}</p> : null}
        <form
          noValidate
          className="mend"
          onSubmit={(event) => {
            event.preventDefault();
            if (able && !send.isPending) send.mutate(wanted.as === "mended" ? wanted.payload : undefined);
          }}
        >
          <label className="field">
            {t("quality.raw")}
            <textarea spellCheck={false} readOnly={!replays} rows={Math.min(16, Math.max(4, text.split("\n").length + 1))} value={text} aria-invalid={wanted.as === "unreadable"} onChange={(event) => setText(event.target.value)} />
          </label>
          {replays ? <p className="quiet">{t(wanted.as === "mended" ? "quality.mended" : "quality.came")}</p> : null}
          {wanted.as === "unreadable" ? <p role="alert" className="error">{t("quality.unreadable", { why: wanted.why })}</p> : null}
          {replays && hindrance === "notWhole" ? <p className="note">{t("quality.notWhole")}</p> : null}
          {past ? <p className="note">{t("whyNot.past")}</p> : null}
          {replays ? (
            <div className="acts">
              <Button id={REPLAY_ID} type="submit" aria-keyshortcuts="r" loading={send.isPending} disabled={!able}>{t("quality.replay")}</Button>
              <Button type="button" variant="default" onClick={() => setText(readable(item.raw))}>{t("quality.undo")}</Button>
            </div>
          ) : null}
        </form>
        {send.isError ? <p role="alert" className="error">{words(send.error)}</p> : null}
        {answer ? (
          <div role="status" className={answer.rejected ? "error" : "note"}>
            <p>{t("quality.receipt", { accepted: answer.accepted, rejected: answer.rejected })}</p>
            {answer.duplicates ? <p>{t("quality.duplicates", { duplicates: answer.duplicates })}</p> : null}
            {answer.rejected ? <p>{t("quality.keptAgain")}</p> : null}
            {(answer.items ?? []).map((each) => <p key={each.kept}>{t(`reason.${each.reason}`, { defaultValue: each.reason })}: {findingWords(t, each.reason, each.detail, now, language)}</p>)}
          </div>
        ) : null}
      </div>
    </Panel>
  );
}
