// Nobody sees the city before signing in, nor with a password that somebody else knows.
import { iAm } from "../api/people";
import { ChangePassword } from "../slices/access/ChangePassword";
import { SignIn } from "../slices/access/SignIn";
import { useSession } from "../slices/access/useSession";
import { problemWords } from "../ui/problemWords";
import { useWords } from "../ui/words";
import { Frame } from "./Frame";

export function Gate() {
  const { t } = useWords();
  const session = useSession();
  if (session.isPending) return <main className="door"><p role="status">{t("loading")}</p></main>;
  if (session.isError && session.data === undefined) {
    return (
      <main className="door">
        <div className="door-card">
          <p role="alert" className="error">{problemWords(t, session.error)}</p>
          <button type="button" className="link" onClick={() => void session.refetch()}>{t("again")}</button>
        </div>
      </main>
    );
  }
  iAm(session.data ? { person: session.data.person, name: session.data.name || session.data.account } : null);
  if (!session.data) return <SignIn />;
  return session.data.must_change_password ? <ChangePassword account={session.data.account} /> : <Frame />;
}
