// The access review: one line for each right, narrowed to what has to be looked at, and taken away as CSV.
import type { ReactNode } from "react";
import { moment } from "../../lib/age";
import { csvOf } from "../../lib/csv";
import { useServerNow } from "../../ui/clock";
import { download } from "../../ui/download";
import { useWords } from "../../ui/words";
import type { ReviewLine } from "./wire";

interface Props {
  lines: readonly ReviewLine[];
  place: (right: { org?: string; area?: string }) => string;
  actorName: (actor: string) => string;
  /** A way to the person, around the name. */
  way: (account: string) => ReactNode;
}

/** More lines are found by words. */
const SHOWN = 500;

/** The lines as a file, with what people call things beside the codes. */
export function saveReview(lines: readonly ReviewLine[], place: Props["place"], pick: (title: ReviewLine["right"]["title"], otherwise: string) => string): void {
  const head = ["account", "actor", "state", "second_factor", "weak", "role", "role_title", "org", "area", "place", "since", "until", "given_by", "validity", "endless"];
  download("ra-soat-quyen.csv", csvOf(head, lines.map(({ right, ...line }) => [line.account, line.actor, line.state, line.second_factor, line.weak, right.role, pick(right.title, right.role), right.org, right.area, place(right), right.at, right.until, right.by, line.validity, line.endless])));
}

export function ReviewView({ lines, place, actorName, way }: Props) {
  const { t, pick } = useWords();
  const now = useServerNow();
  const at = (text: string) => moment(Date.parse(text), now);
  return (
    <div className="scroll body" tabIndex={0} role="region" aria-label={t("review.title")}>
      {lines.length > SHOWN ? <p className="note">{t("review.more", { shown: SHOWN, count: lines.length })}</p> : null}
      {lines.length === 0 ? <p className="quiet">{t("review.none")}</p> : null}
      <ul className="cards review" aria-label={t("review.title")}>
        {lines.slice(0, SHOWN).map((line) => (
          <li key={`${line.account} ${line.right.id}`}>
            <div>
              <strong>{way(line.account)}</strong>
              <span>{pick(line.right.title, line.right.role)} · {place(line.right)}</span>
              <small className="quiet">{t("right.given", { at: at(line.right.at), by: actorName(line.right.by) })} · {line.right.until ? t("right.ends", { at: at(line.right.until) }) : t("right.endless")}</small>
            </div>
            <ul className="marks">
              {line.weak ? <li className="weak">⚠ {t("review.finding.weak")}</li> : null}
              {line.validity === "over" ? <li className="weak">{t("review.finding.over")}</li> : null}
              {line.state === "active" ? null : <li className="quiet">{t(`review.finding.${line.state}`)}</li>}
            </ul>
          </li>
        ))}
      </ul>
    </div>
  );
}
