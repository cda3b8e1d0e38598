// The SOC actions that were taken, the way to take one, and the way to take one back.
import { Button } from "@mantine/core";
import { useDeferredValue, useMemo, useState } from "react";
import { ActionDialog } from "../slices/security/ActionDialog";
import { UndoDialog } from "../slices/security/dialogs";
import { mayTake } from "../slices/security/draft";
import { ActionPanel } from "../slices/security/panels";
import { ActionRow } from "../slices/security/rows";
import { sift } from "../slices/security/sieve";
import { useActions } from "../slices/security/useSecurity";
import { type SecurityAction, actionKinds, actionStates } from "../slices/security/wire";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";
import { GroupChips, type PartProps, SecurityShelf } from "./SecurityShelf";
import { SecurityTarget } from "./SecurityTarget";
import { useSecurityNames } from "./useSecurityNames";

const none: never[] = [];
type State = (typeof actionStates)[number];

export function SecurityActions({ search, go }: PartProps) {
  const { t, language } = useWords();
  const may = useMay();
  const { past } = useTime();
  const actorName = useSecurityNames();
  const query = useActions();
  const [taking, setTaking] = useState(false);
  const [undoing, setUndoing] = useState<SecurityAction | null>(null);
  const q = useDeferredValue(search.q);
  const state = actionStates.find((each) => each === search.state);
  const kind = actionKinds.find((each) => each === search.kind);
  const text = (action: SecurityAction) => `${t(`security.actionKind.${action.kind}`)} ${Object.values(action.target).join(" ")} ${action.reason} ${actorName(action.by)}`;
  const sifted = useMemo(() => sift((query.data?.items ?? none).filter((action) => !kind || action.kind === kind), text, q, (action) => action.state as State, state), [query.data, q, state, kind, actorName, language]);
  const begin = !past && actionKinds.some((each) => mayTake(each, may)) ? { title: t("security.take"), run: () => setTaking(true) } : null;
  // What only exists while something is on its way is shown when there is any.
  const states = actionStates.filter((each) => ["in_force", "done", "undone"].includes(each) || each === state || (sifted.counts.get(each) ?? 0) > 0);
  const filter = (
    <>
      <select aria-label={t("security.actionKindLabel")} value={kind ?? ""} onChange={(event) => go({ kind: event.target.value || undefined })}>
        <option value="">{t("security.anyAction")}</option>
        {actionKinds.map((each) => <option key={each} value={each}>{t(`security.actionKind.${each}`)}</option>)}
      </select>
      <GroupChips label={t("security.state")} all={states} words={(each) => t(`security.actionState.${each}`)} counts={sifted.counts} chosen={state} onChoose={(each) => go({ state: each })} />
    </>
  );
  const undo = (action: SecurityAction) => {
    if (past) return <p className="quiet">{t("whyNot.past")}</p>;
    return action.state === "in_force" && action.reversible && mayTake(action.kind, may) ? <Button type="button" size="sm" onClick={() => setUndoing(action)}>{t("security.undo")}</Button> : action.reversible ? null : <p className="quiet">{t("security.cannotUndo")}</p>;
  };
  return (
    <>
      <SecurityShelf
        search={search}
        go={go}
        query={query}
        items={sifted.items}
        keyOf={(action) => action.id}
        row={(action) => <ActionRow action={action} actorName={actorName} />}
        filter={filter}
        none="security.noActions"
        act={begin}
        detail={(action, close) => <ActionPanel action={action} actorName={actorName} onClose={close} acts={undo(action)} />}
      />
      {taking ? <ActionDialog target={(props) => <SecurityTarget {...props} />} onTaken={(action) => { setTaking(false); go({ item: action.id }); }} onClose={() => setTaking(false)} /> : null}
      {undoing ? <UndoDialog action={undoing} onClose={() => setUndoing(null)} /> : null}
    </>
  );
}
