// Nobody sees the city before signing in, nor with a password that somebody else knows, nor without the factor that the role asks for.
import { Suspense, lazy, useMemo } from "react";
import { part } from "../api/part";
import { iAm } from "../api/people";
import { scopeOf } from "../slices/access/scope";
import { useChoice, useFactorAsked, useSession } from "../slices/access/useSession";
import { MayContext, mayBy } from "../ui/may";
import { problemWords } from "../ui/problemWords";
import { useWords } from "../ui/words";
import { Frame } from "./Frame";

// Who is inside loads no door.
const ChangePassword = lazy(() => part(() => import("../slices/access/ChangePassword")));
const ChoosePost = lazy(() => part(() => import("../slices/access/ChoosePost")));
const FactorDoor = lazy(() => part(() => import("../slices/access/FactorDoor")));
const SignIn = lazy(() => part(() => import("../slices/access/SignIn")));

const nothing: readonly string[] = [];

export function Gate() {
  const { t } = useWords();
  const query = useSession();
  const factorAsked = useFactorAsked();
  const choice = useChoice();
  const session = query.data;
  const may = useMemo(() => mayBy(session?.actions ?? nothing), [session?.actions]);
  const waiting = <main className="door"><p role="status">{t("loading")}</p></main>;
  if (query.isPending) return waiting;
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
  if (!session) return <Suspense fallback={waiting}><SignIn /></Suspense>;
  if (session.must_change_password) return <Suspense fallback={waiting}><ChangePassword account={session.account} /></Suspense>;
  if (factorAsked || session.second_factor_due) return <Suspense fallback={waiting}><FactorDoor session={session} /></Suspense>;
  if (choice) return <Suspense fallback={waiting}><ChoosePost session={session} /></Suspense>;
  // With other rights the page begins anew.
  return <MayContext value={may}><Frame key={scopeOf(session)} session={session} /></MayContext>;
}
