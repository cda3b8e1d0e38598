// What an account may do, where, until when and who gave it; each with the way to withdraw it.
import { Button } from "@mantine/core";
import { useState } from "react";
import { moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { useWords } from "../../ui/words";
import { ofPerson, personPath } from "./act";
import { Confirm } from "./Confirm";
import { useActorNames } from "./usePeople";
import { usePlace } from "./usePlace";
import type { Person, Right } from "./wire";

interface Props {
  person: Person;
  /** Whether withdrawing is offered. */
  withdraws: boolean;
}

export function RightsPanel({ person, withdraws }: Props) {
  const { t, pick } = useWords();
  const now = useServerNow();
  const place = usePlace();
  const { actorName } = useActorNames();
  const [taking, setTaking] = useState<Right | null>(null);
  const words = (right: Right) => `${pick(right.title, right.role)} · ${place(right)}`;
  return (
    <>
      <h3 className="sub">{t("right.list")}</h3>
      {person.rights.length === 0 ? <p className="quiet">{t("people.noRights")}</p> : null}
      <ul className="cards" aria-label={t("right.list")}>
        {person.rights.map((right) => {
          const over = right.until !== undefined && Date.parse(right.until) <= now;
          return (
            <li key={right.id}>
              <div>
                <strong>{pick(right.title, right.role)}</strong>
                <span>{place(right)}</span>
                <small className={over ? "weak" : "quiet"}>{right.until ? `${over ? `⚠ ${t("right.isOver")} ` : ""}${t("right.ends", { at: moment(Date.parse(right.until), now) })}` : t("right.endless")} · {t("right.given", { at: moment(Date.parse(right.at), now), by: actorName(right.by) })}</small>
              </div>
              {withdraws ? <Button type="button" size="xs" variant="default" aria-label={t("right.withdrawOf", { right: words(right) })} onClick={() => setTaking(right)}>{t("right.withdraw")}</Button> : null}
            </li>
          );
        })}
      </ul>
      {taking ? <Confirm title={t("right.withdraw")} what={t("right.withdraw")} about={t("right.withdrawAbout", { account: person.account, right: words(taking) })} method="DELETE" path={personPath(person.account, "rights", taking.id)} again={ofPerson(person.account)} onClose={() => setTaking(null)} /> : null}
    </>
  );
}
