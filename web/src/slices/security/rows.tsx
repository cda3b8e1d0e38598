// The lines of the five lists: objects, vulnerabilities, actions, incidents of the SOC, clients.
import { moment } from "../../lib/age";
import { bytes } from "../../lib/bytes";
import { figure } from "../../lib/figure";
import { useServerNow } from "../../ui/clock";
import { SeverityMark } from "../../ui/SeverityMark";
import { level } from "../../ui/severity";
import { useWords } from "../../ui/words";
import { Line } from "./Line";
import { dueOf, dueWords, holds, shareOf, targetOf } from "./sieve";
import type { Flaw, InventoryObject, SecurityAction, SocIncident, Usage } from "./wire";

export type Name = (code: string) => string;

export function ObjectRow({ object, orgName, actorName }: { object: InventoryObject; orgName: Name; actorName: Name }) {
  const { t, pick } = useWords();
  const now = useServerNow();
  const review = object.last_review;
  const title = pick(object.title, object.id);
  return (
    <Line
      parts={[
        { main: title, sub: `${t(`security.kind.${object.kind}`)}${title === object.id ? "" : ` · ${object.id}`}` },
        { main: object.owner ? orgName(object.owner) : <span className="quiet">{t("security.noOwner")}</span> },
        review ? { main: t("security.reviewedAt", { at: moment(Date.parse(review.at), now) }), sub: actorName(review.by), loud: false } : { main: <span className="quiet">{t("security.neverReviewed")}</span> },
        { main: t(`security.objectState.${object.state}`, { defaultValue: object.state }), sub: review ? t(`security.finding.${review.finding}`) : "", loud: object.state === "blocked" || (review !== null && review.finding !== "keep") },
      ]}
    />
  );
}

export function FlawRow({ flaw, orgName }: { flaw: Flaw; orgName: Name }) {
  const { t } = useWords();
  const now = useServerNow();
  const due = dueOf(flaw, now);
  const words = dueWords(due);
  const at = moment(Date.parse(flaw.due), now);
  return (
    <Line
      parts={[
        { main: `${flaw.package} ${flaw.version}`, sub: `${flaw.advisory} · ${flaw.summary}` },
        { main: <span className={`grade-${flaw.grade}`}>{t(`security.grade.${flaw.grade}`)}</span>, sub: flaw.owner ? orgName(flaw.owner) : t("security.noOwner") },
        words ? { main: t(...words), sub: t("security.dueAt", { at }), loud: due?.over === true } : { main: <span className="quiet">{t("security.dueAt", { at })}</span> },
        { main: t(`security.flawState.${flaw.state}`), sub: flaw.until ? t("security.until", { at: moment(Date.parse(flaw.until), now) }) : "" },
      ]}
    />
  );
}

export function ActionRow({ action, actorName }: { action: SecurityAction; actorName: Name }) {
  const { t } = useWords();
  const now = useServerNow();
  return (
    <Line
      parts={[
        { main: t(`security.actionKind.${action.kind}`), sub: targetOf(action) },
        { main: action.reason, sub: actorName(action.by) },
        { main: moment(Date.parse(action.at), now), sub: !holds(action) ? "" : action.until ? t("security.until", { at: moment(Date.parse(action.until), now) }) : t("security.endless") },
        { main: t(`security.actionState.${action.state}`), sub: action.undone_by ? [action.since ? moment(Date.parse(action.since), now) : "", actorName(action.undone_by)].filter(Boolean).join(" · ") : "", loud: action.state === "failed" || action.state === "begun" },
      ]}
    />
  );
}

export function IncidentRow({ incident }: { incident: SocIncident }) {
  const { t, pick } = useWords();
  const now = useServerNow();
  return (
    <Line
      mark={<SeverityMark severity={level(incident.severity)} hollow={incident.state === "closed"} />}
      parts={[
        { main: pick(incident.title, incident.id), sub: incident.id },
        { main: incident.objects.map((object) => object.id).join(", ") || t("security.noObjects"), sub: t("security.objectsOf") },
        { main: moment(Date.parse(incident.at), now), sub: t("security.toldLast", { at: moment(Date.parse(incident.last), now) }) },
        { main: t(`security.incidentState.${incident.state}`) },
      ]}
    />
  );
}

export function UsageRow({ usage, own }: { usage: Usage; own: boolean }) {
  const { t, language } = useWords();
  const now = useServerNow();
  const share = shareOf(usage);
  const limits = [usage.per_minute ? t("security.perMinute", { count: usage.per_minute, shown: figure(usage.per_minute, language) }) : "", usage.per_day ? t("security.perDay", { count: usage.per_day, shown: figure(usage.per_day, language) }) : ""].filter(Boolean);
  const percent = share === null ? "" : ` · ${new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(share)}`;
  return (
    <Line
      parts={[
        { main: `${usage.account ?? (usage.id || t(`security.clientKind.${usage.kind}`))}${own ? ` (${t("security.own")})` : ""}`, sub: usage.id ? `${t(`security.clientKind.${usage.kind}`)}${usage.account ? ` · ${usage.id}` : ""}` : t("security.together") },
        { main: `${t("security.requests", { count: usage.requests, shown: figure(usage.requests, language) })}${percent}`, sub: limits.length > 0 ? t("security.quota", { limits: limits.join(", ") }) : t("security.noQuota") },
        { main: t("security.traffic", { received: bytes(usage.bytes_in, language), sent: bytes(usage.bytes_out, language) }), sub: t("security.seen", { at: moment(Date.parse(usage.seen), now) }) },
        { main: usage.refused > 0 ? t("security.refused", { count: usage.refused, shown: figure(usage.refused, language) }) : t("security.notRefused"), loud: usage.refused > 0 },
      ]}
    />
  );
}
