// The page of one's own account: posts, sessions, API tokens, second factor, password, and for whom it is permitted the emergency account.
import { useState } from "react";
import { EmergencyPanel } from "../slices/access/EmergencyPanel";
import { FactorPanel } from "../slices/access/FactorPanel";
import { PasswordForm } from "../slices/access/PasswordForm";
import { Posts } from "../slices/access/Posts";
import { SessionsPanel } from "../slices/access/SessionsPanel";
import { TokensPanel } from "../slices/access/TokensPanel";
import { useSession } from "../slices/access/useSession";
import "../slices/access/words";
import { Freshness } from "../ui/Freshness";
import { Panel } from "../ui/Panel";
import { useWords } from "../ui/words";

export function AccountPage() {
  const { t } = useWords();
  const query = useSession();
  const [changed, setChanged] = useState(false);
  const session = query.data;
  if (!session) return null;
  return (
    <main className="page system-page account-page" tabIndex={0}>
      <Panel title={t("rooms.account")} stamp={<Freshness at={query.dataUpdatedAt || null} stale={3_600} />}>
        <div className="body">
          <dl className="facts">
            <div><dt>{t("signIn.account")}</dt><dd><strong>{session.account}</strong></dd></div>
            <div><dt>{t("people.seesUpTo")}</dt><dd>{t(`classification.${session.max_classification}`)}</dd></div>
          </dl>
          <h3 className="sub">{t("post.list")}</h3>
          <p className="quiet">{t("post.about")}</p>
          <Posts session={session} />
        </div>
      </Panel>
      <FactorPanel session={session} at={query.dataUpdatedAt || null} />
      <SessionsPanel whose={null} ends />
      <TokensPanel whose={null} actions={session.actions} ends />
      <Panel title={t("password.change")}>
        <div className="body">
          <PasswordForm account={session.account} label={t("password.change")} onDone={() => setChanged(true)} />
          <p role="status" className="quiet">{changed ? `✓ ${t("password.changed")}` : ""}</p>
        </div>
      </Panel>
      <EmergencyPanel />
    </main>
  );
}
