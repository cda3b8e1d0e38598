// The access review in the room of people: its filters, its lines, the way to each person, and the files.
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { figure } from "../lib/figure";
import { ReviewView, saveReview } from "../slices/access/ReviewView";
import { findings, siftReview } from "../slices/access/sift";
import { useActorNames, useReview } from "../slices/access/usePeople";
import { usePlace } from "../slices/access/usePlace";
import { useRoles } from "../slices/access/useRoles";
import { useOffers } from "../shell/offers";
import { useKeys } from "../shell/useKeys";
import { Freshness } from "../ui/Freshness";
import { Panel } from "../ui/Panel";
import { Trouble } from "../ui/Trouble";
import { WordsField } from "../ui/WordsField";
import { useWords } from "../ui/words";
import { PeopleTabs } from "./PeopleTabs";
import type { PeopleSearch } from "./search";

const WORDS = "review-words";
const none: never[] = [];

interface Props {
  search: PeopleSearch;
  go: (change: { [K in keyof PeopleSearch]: PeopleSearch[K] | undefined }) => void;
}

export function ReviewPart({ search, go }: Props) {
  const { t, language, pick } = useWords();
  const place = usePlace();
  const { roles } = useRoles();
  const { actorName } = useActorNames();
  const query = useReview();
  const { q, role, finding } = search;
  const lines = query.data?.items ?? none;
  const sifted = useMemo(() => siftReview(lines, (line) => `${pick(line.right.title, line.right.role)} ${place(line.right)}`, { ...(q ? { q } : {}), ...(role ? { role } : {}), ...(finding ? { finding } : {}) }), [lines, q, role, finding, place, language]);
  const csv = () => saveReview(sifted.lines, place, pick);
  useKeys({ f: () => document.getElementById(WORDS)?.focus() });
  useOffers(lines.length > 0 ? [{ id: "csv", title: t("review.csv"), run: csv }] : none);
  return (
    <main className="page">
      <Panel title={t("rooms.people")} className="page-panel" stamp={<><span className="quiet" role="status">{t("review.count", { count: sifted.lines.length, shown: figure(sifted.lines.length, language), all: figure(lines.length, language) })}</span><Freshness at={query.dataUpdatedAt || null} stale={3_600} /></>}>
        <div className="sieve">
          <PeopleTabs view="review" />
          <WordsField id={WORDS} label={t("people.words")} stroke="f" value={q ?? ""} onValue={(text) => go({ q: text || undefined })} />
          <select aria-label={t("right.role")} value={role ?? ""} onChange={(event) => go({ role: event.target.value || undefined })}>
            <option value="">{t("people.allRoles")}</option>
            {roles.map((each) => <option key={each.code} value={each.code}>{pick(each.title, each.code)}</option>)}
          </select>
          <div role="group" aria-label={t("review.findings")} className="chips">
            {findings.map((each) => <button key={each} type="button" className="chip" aria-pressed={finding === each} onClick={() => go({ finding: finding === each ? undefined : each })}>{t(`review.finding.${each}`)} <span className="chip-count">{figure(sifted.counts.get(each) ?? 0, language)}</span></button>)}
          </div>
          <button type="button" className="chip" onClick={csv}>{t("review.csv")}</button>
          <a className="chip" href="/api/v1/access/review.csv" download="access-review.csv">{t("review.csvAll")}</a>
        </div>
        {query.isError ? <Trouble error={query.error} about={{ action: "review.read" }} /> : null}
        {query.isPending ? <p className="quiet body">{t("loading")}</p> : <ReviewView lines={sifted.lines} place={place} actorName={actorName} way={(account) => <Link to="/people/$account/rights" params={{ account } as never}>{account}</Link>} />}
      </Panel>
    </main>
  );
}
