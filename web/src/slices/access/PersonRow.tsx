// One account in the list: name, what it is and where, and how it stands.
import { useWords } from "../../ui/words";
import type { PersonRow as Row } from "./sift";

interface Props {
  row: Row;
  place: (right: { org?: string; area?: string }) => string;
}

export function PersonRow({ row: { person, standing }, place }: Props) {
  const { t, pick } = useWords();
  const roles = [...new Set(person.rights.map((right) => pick(right.title, right.role)))];
  const places = [...new Set(person.rights.map(place))];
  return (
    <div className="person-row">
      <span className="person-name"><strong>{person.account}</strong><small>{t(`people.kind.${person.kind}`)}</small></span>
      <span className="person-roles">{roles.join(", ") || t("people.noRights")}<small>{places.join("; ")}</small></span>
      <span className="person-factor quiet">{person.second_factor ? t("people.factor") : ""}</span>
      <span className={`person-standing person-${standing}`}>{t(`people.standing.${standing}`)}</span>
    </div>
  );
}
