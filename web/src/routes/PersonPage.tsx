// The page of one account: what it is and may, where it is signed in, its API tokens.
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { isOneself } from "../slices/access/may";
import { PersonPanel } from "../slices/access/PersonPanel";
import { SessionsPanel } from "../slices/access/SessionsPanel";
import { TokensPanel } from "../slices/access/TokensPanel";
import { usePerson } from "../slices/access/usePeople";
import { useRoles } from "../slices/access/useRoles";
import { useSession } from "../slices/access/useSession";
import "../slices/access/words";
import { useKeys } from "../shell/useKeys";
import { Freshness } from "../ui/Freshness";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { Panel } from "../ui/Panel";
import { Trouble } from "../ui/Trouble";
import { useWords } from "../ui/words";

export function PersonPage() {
  const { t } = useWords();
  const navigate = useNavigate();
  const { account } = useParams({ strict: false }) as { account: string };
  const { past } = useTime();
  const may = useMay();
  const me = useSession().data?.person ?? "";
  const { roles } = useRoles();
  const query = usePerson(account);
  const person = query.data;
  useKeys({ Escape: () => void navigate({ to: "/people" }) });
  const others = person !== undefined && !isOneself(person, me) && !past;
  // A service may have tokens for what its roles permit; people make theirs themselves.
  const held = new Set(person?.rights.map((right) => right.role));
  const actions = person?.kind === "service" && may("service.keep") && others ? [...new Set(roles.filter((role) => held.has(role.code)).flatMap((role) => role.actions))] : null;
  return (
    <main className="page system-page person-page" tabIndex={0}>
      <Panel title={t("people.one")} stamp={<Freshness at={query.dataUpdatedAt || null} stale={180} />}>
        <div className="body">
          <nav className="crumbs" aria-label={t("people.back")}>
            <Link to="/people">← {t("rooms.people")}</Link>
            {person && may("audit.read") ? <Link to="/audit" search={{ who: person.actor } as never}>{t("people.inAudit")}</Link> : null}
          </nav>
          {query.isError ? <Trouble error={query.error} about={{ action: "person.read" }} /> : null}
          {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
          {person ? <PersonPanel person={person} me={me} own={<Link to="/account">{t("rooms.account")}</Link>} /> : null}
        </div>
      </Panel>
      {person ? (
        <>
          <SessionsPanel whose={account} ends={may("session.keep") && others} />
          <TokensPanel whose={account} actions={actions} ends={may("token.keep") && others} />
        </>
      ) : null}
    </main>
  );
}
