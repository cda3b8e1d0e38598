// What stands beside the list: one object, one vulnerability, one action, one incident, each with its facts and its act.
import type { ReactNode } from "react";
import { clockTime, dateWords, moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { Panel } from "../../ui/Panel";
import { SeverityMark } from "../../ui/SeverityMark";
import { level } from "../../ui/severity";
import { useWords } from "../../ui/words";
import type { Name } from "./rows";
import { dueOf, dueWords, holds } from "./sieve";
import type { Flaw, InventoryObject, SecurityAction, SocIncident } from "./wire";

interface Props {
  actorName: Name;
  orgName: Name;
  /** The act, or why there is none. */
  acts?: ReactNode;
  /** Ways to where the same thing is shown elsewhere. */
  ways?: ReactNode;
  onClose: () => void;
}
type Fact = readonly [label: string, value: ReactNode];

function Body({ title, headline, facts, acts, ways, onClose }: { title: string; headline: ReactNode; facts: readonly Fact[]; acts?: ReactNode; ways?: ReactNode; onClose: () => void }) {
  return (
    <Panel title={title} className="detail" onClose={onClose}>
      <div className="scroll body">
        <div className="person-head">{headline}</div>
        {acts ? <div className="acts">{acts}</div> : null}
        <dl className="facts">{facts.filter(([, value]) => value).map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
        {ways}
      </div>
    </Panel>
  );
}

function useAt() {
  const { language } = useWords();
  return (at: string | null | undefined) => (at ? <time dateTime={at}>{clockTime(Date.parse(at))} · {dateWords(Date.parse(at), language)}</time> : null);
}

export function ObjectPanel({ object, actorName, orgName, ...rest }: Props & { object: InventoryObject }) {
  const { t, pick } = useWords();
  const at = useAt();
  const review = object.last_review;
  const facts: Fact[] = [
    [t("security.state"), t(`security.objectState.${object.state}`, { defaultValue: object.state })],
    [t("security.owner"), object.owner ? orgName(object.owner) : t("security.noOwner")],
    [t("security.lastReview"), review ? at(review.at) : t("security.neverReviewed")],
    [t("security.by"), review ? actorName(review.by) : null],
    [t("security.findingLabel"), review ? t(`security.finding.${review.finding}`) : null],
    [t("security.note"), review?.note],
    [t("security.reviews"), object.reviews > 0 ? object.reviews : null],
    [t("security.id"), <code key="id">{object.id}</code>],
    ...Object.entries(object.detail).map(([name, value]): Fact => [t(`security.detail.${name}`, { defaultValue: name }), value]),
  ];
  return <Body title={t(`security.kind.${object.kind}`)} headline={<h3>{pick(object.title, object.id)}</h3>} facts={facts} {...rest} />;
}

export function FlawPanel({ flaw, actorName, orgName, ...rest }: Props & { flaw: Flaw }) {
  const { t, pick } = useWords();
  const at = useAt();
  const due = dueOf(flaw, useServerNow());
  const words = dueWords(due);
  const facts: Fact[] = [
    [t("security.grades"), <span key="grade" className={`grade-${flaw.grade}`}>{t(`security.grade.${flaw.grade}`)}</span>],
    [t("security.dueLabel"), <>{words ? <strong className={due?.over ? "loud" : ""}>{due?.over ? "⚠ " : ""}{t(...words)} · </strong> : null}{at(flaw.due)}</>],
    [t("security.state"), t(`security.flawState.${flaw.state}`)],
    [t("security.acceptedEnd"), at(flaw.until)],
    [t("security.reason"), flaw.reason_text ? pick(flaw.reason_text) : flaw.reason],
    [t("security.by"), flaw.by ? <>{actorName(flaw.by)} · {at(flaw.at)}</> : null],
    [t("security.owner"), flaw.owner ? orgName(flaw.owner) : t("security.noOwner")],
    [t("security.fixedIn"), flaw.fixed_in.join(", ") || t("security.notFixed")],
    [t("security.advisory"), [flaw.advisory, ...flaw.aliases].join(", ")],
    [t("security.ecosystem"), flaw.ecosystem],
    [t("security.first"), at(flaw.first)],
  ];
  return <Body title={t("security.flaw")} headline={<><h3>{flaw.package} {flaw.version}</h3><p>{flaw.summary}</p></>} facts={facts} {...rest} />;
}

export function ActionPanel({ action, actorName, ...rest }: Omit<Props, "orgName"> & { action: SecurityAction }) {
  const { t, pick } = useWords();
  const at = useAt();
  const facts: Fact[] = [
    [t("security.state"), <>{t(`security.actionState.${action.state}`)}{action.since ? <> · {at(action.since)}</> : null}</>],
    [t("security.why"), action.why_text ? pick(action.why_text) : action.why],
    [t("security.reason"), action.reason],
    [t("security.by"), <>{actorName(action.by)} · {at(action.at)}</>],
    [t("security.untilLabel"), holds(action) ? (at(action.until) ?? t("security.endless")) : null],
    [t("security.undoneBy"), action.undone_by ? actorName(action.undone_by) : null],
    [t("security.restored"), action.restored === null ? null : t(action.restored ? "security.restoredYes" : "security.restoredNo")],
    ...(["account", "token", "session", "device"] as const).map((name): Fact => [t(`security.target.${name}`), action.target[name] ? <code>{action.target[name]}</code> : null]),
    [t("security.id"), <code key="id">{action.id}</code>],
  ];
  return <Body title={t("security.action")} headline={<h3>{t(`security.actionKind.${action.kind}`)}: {action.target.account ?? action.target.device}</h3>} facts={facts} {...rest} />;
}

export function IncidentPanel({ incident, objectWay, ...rest }: Omit<Props, "orgName" | "actorName"> & { incident: SocIncident; objectWay: (object: { kind: string; id: string }) => ReactNode }) {
  const { t, pick } = useWords();
  const at = useAt();
  const now = useServerNow();
  const facts: Fact[] = [
    [t("security.state"), t(`security.incidentState.${incident.state}`)],
    [t("security.severity"), t(`severity.${level(incident.severity)}`)],
    [t("security.toldAt"), at(incident.at)],
    [t("security.firstTold"), moment(Date.parse(incident.first), now)],
    [t("security.lastTold"), moment(Date.parse(incident.last), now)],
    [t("security.note"), incident.note],
    [t("security.objectsOf"), incident.objects.length > 0 ? <ul>{incident.objects.map((object) => <li key={`${object.kind}/${object.id}`}>{t(`security.kind.${object.kind}`, { defaultValue: object.kind })}: {objectWay(object)}</li>)}</ul> : null],
    [t("security.socId"), <code key="id">{incident.id}</code>],
  ];
  return <Body title={t("security.incident")} headline={<h3 className="security-title"><SeverityMark severity={level(incident.severity)} /> {pick(incident.title, incident.id)}</h3>} facts={facts} {...rest} />;
}
