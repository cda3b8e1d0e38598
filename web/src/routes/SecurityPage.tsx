// The room of security: inventory, vulnerabilities, actions, what the SOC tells, the use of the API, the emergency account.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { EmergencyPanel } from "../slices/access/EmergencyPanel";
import "../slices/access/words";
import "../slices/security/words";
import { useMay } from "../ui/may";
import { Panel } from "../ui/Panel";
import { useWords } from "../ui/words";
import { SecurityActions } from "./SecurityActions";
import { SecurityFlaws } from "./SecurityFlaws";
import { SecurityIncidents } from "./SecurityIncidents";
import { SecurityObjects } from "./SecurityObjects";
import type { PartProps } from "./SecurityShelf";
import { SecurityTabs } from "./SecurityTabs";
import { SecurityUsage } from "./SecurityUsage";
import { type SecuritySearch, securitySearch } from "./search";

const parts = { vulnerabilities: SecurityFlaws, actions: SecurityActions, incidents: SecurityIncidents, usage: SecurityUsage } as const;

export function SecurityPage() {
  const { t } = useWords();
  const may = useMay();
  const search = securitySearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const go: PartProps["go"] = (change, replace = true) => void navigate({ to: "/security", search: { ...search, ...change } as never, replace });
  const view: SecuritySearch["view"] = search.view === "emergency" && !may("emergency.unlock") ? undefined : search.view;
  if (view === "emergency") {
    return (
      <main className="page">
        <Panel title={t("rooms.security")} className="page-panel">
          <div className="sieve security-bar"><SecurityTabs view={view} /></div>
          <div className="scroll security-emergency"><EmergencyPanel /></div>
        </Panel>
      </main>
    );
  }
  const Part = view ? parts[view] : SecurityObjects;
  return <Part key={view ?? ""} search={search} go={go} />;
}
