// The sides of the room of security: what there is, what is weak, what was done, what the SOC tells, who uses it, the emergency account.
import { Link } from "@tanstack/react-router";
import { useMay } from "../ui/may";
import { useWords } from "../ui/words";
import { type SecuritySearch, securityViews } from "./search";

export function SecurityTabs({ view }: { view: SecuritySearch["view"] }) {
  const { t } = useWords();
  const may = useMay();
  const shown = [undefined, ...securityViews].filter((each) => each !== "emergency" || may("emergency.unlock"));
  return (
    <nav className="chips" aria-label={t("security.views")}>
      {shown.map((each) => <Link key={each ?? ""} to="/security" search={(each ? { view: each } : {}) as never} className="chip" activeOptions={{ exact: true }} aria-current={view === each ? "page" : undefined}>{t(`security.view.${each ?? "objects"}`)}</Link>)}
    </nav>
  );
}
