// Which role may do what: each role with its bounds and actions; words narrow the actions, so that one sees who may do a thing.
import { useMemo } from "react";
import { figure } from "../../lib/figure";
import { fold } from "../../lib/fold";
import { Trouble } from "../../ui/Trouble";
import { useWords } from "../../ui/words";
import { useRoles } from "./useRoles";

export function RolesView({ q }: { q: string }) {
  const { t, language, pick } = useWords();
  const { roles, actions, query } = useRoles();
  const asked = fold(q).split(" ").filter(Boolean);
  const found = useMemo(() => new Map(actions.filter((action) => asked.every((word) => fold(`${action.title.vi ?? ""} ${action.title.en ?? ""} ${action.code}`).includes(word))).map((action) => [action.code, pick(action.title, action.code)])), [actions, q, language]);
  return (
    <div className="scroll body" tabIndex={0} role="region" aria-label={t("roles.title")}>
      {query.isError ? <Trouble error={query.error} /> : null}
      {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
      {actions.length > 0 && found.size === 0 ? <p className="quiet">{t("roles.noAction")}</p> : null}
      <ul className="roles">
        {roles.map((role) => {
          const permitted = role.actions.filter((code) => found.has(code));
          return (
            <li key={role.code}>
              <details open={asked.length > 0 && permitted.length > 0 ? true : undefined}>
                <summary><strong>{pick(role.title, role.code)}</strong> <code className="quiet">{role.code}</code> <span className="quiet">{t("roles.count", { count: permitted.length, shown: figure(permitted.length, language) })}</span></summary>
                <p className="quiet">{[t("roles.ceiling", { level: t(`classification.${role.ceiling}`) }), role.own_org_only ? t("roles.ownOrg") : t("roles.wholeArea"), role.second_factor ? t("roles.factor") : ""].filter(Boolean).join(" ")}</p>
                <ul className="role-actions">{permitted.map((code) => <li key={code}>{found.get(code)} <code className="quiet">{code}</code></li>)}</ul>
              </details>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
