// Nobody sees the city before signing in, nor with a password that somebody else knows, nor without the factor that the role asks for.
import { useMemo } from "react";
import { iAm } from "../api/people";
import { ChangePassword } from "../slices/access/ChangePassword";
import { ChoosePost } from "../slices/access/ChoosePost";
import { FactorDoor } from "../slices/access/FactorDoor";
import { scopeOf } from "../slices/access/scope";
import { SignIn } from "../slices/access/SignIn";
import { useChoice, useFactorAsked, useSession } from "../slices/access/useSession";
import { MayContext, mayBy } from "../ui/may";
import { problemWords } from "../ui/problemWords";
import { useWords } from "../ui/words";
import { Frame } from "./Frame";

const nothing: readonly string[] = [];

export function Gate() {
  const { t } = useWords();
  const query = useSession();
  const factorAsked = useFactorAsked();
  const choice = useChoice();
  const session = query.data;
  const may = useMemo(() => mayBy(session?.actions ?? nothing), [session?.actions]);
  if (query.isPending) return <main className="door"><p role="status">{t("loading")}</p></main>;
  if (query.isError && session === undefined) {
    return (
      <main className="door">
        <div className="door-card">
          <p role="alert" className="error">{problemWords(t, query.error)}</p>
          <button type="button" className="link" onClick={() => void query.refetch()}>{t("again")}</button>
        </div>
      </main>
    );
  }
  iAm(session ? { person: session.person, name: session.name || session.account } : null);
  if (!session) return <SignIn />;
  if (session.must_change_password) return <ChangePassword account={session.account} />;
  if (factorAsked || session.second_factor_due) return <FactorDoor session={session} />;
  if (choice) return <ChoosePost session={session} />;
  // With other rights the page begins anew.
  return <MayContext value={may}><Frame key={scopeOf(session)} session={session} /></MayContext>;
}
