// The three sides of the room of people: who there is, what roles may, who holds what.
import { Link } from "@tanstack/react-router";
import { useMay } from "../ui/may";
import { useWords } from "../ui/words";

export function PeopleTabs({ view }: { view: "roles" | "review" | undefined }) {
  const { t } = useWords();
  const may = useMay();
  const tab = (name: "roles" | "review" | undefined, words: string) => <Link to="/people" search={(name ? { view: name } : {}) as never} className="chip" activeOptions={{ exact: true }} aria-current={view === name ? "page" : undefined}>{words}</Link>;
  return (
    <nav className="chips" aria-label={t("people.views")}>
      {tab(undefined, t("people.list"))}
      {tab("roles", t("roles.title"))}
      {may("review.read") ? tab("review", t("review.title")) : null}
    </nav>
  );
}
