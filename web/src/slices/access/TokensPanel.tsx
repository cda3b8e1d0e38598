// The API tokens of an account, without their secrets: made, and ended.
import { Button } from "@mantine/core";
import { useState } from "react";
import { nameOf } from "../../api/people";
import { moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { useWords } from "../../ui/words";
import { Confirm } from "./Confirm";
import { TokenDialog } from "./TokenDialog";
import { useRoles } from "./useRoles";
import { type Whose, pathOf, tokensKey, useTokens } from "./useSessions";
import type { Token } from "./wire";

interface Props {
  whose: Whose;
  /** What the account may do, for a new token; null: none is made here. */
  actions: readonly string[] | null;
  ends: boolean;
}

export function TokensPanel({ whose, actions, ends }: Props) {
  const { t } = useWords();
  const now = useServerNow();
  const { titleOf } = useRoles();
  const query = useTokens(whose);
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Token | null>(null);
  const tokens = query.data?.items ?? [];
  return (
    <Panel title={t("token.list")} stamp={<Freshness at={query.dataUpdatedAt || null} stale={180} />}>
      <div className="body">
        {query.isError ? <Trouble error={query.error} /> : null}
        {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
        {query.data && tokens.length === 0 ? <p className="quiet">{t("token.none")}</p> : null}
        <ul className="cards" aria-label={t("token.list")}>
          {tokens.map((each) => {
            const over = Date.parse(each.expires) <= now;
            return (
              <li key={each.id}>
                <div>
                  <strong>{each.title}</strong>
                  <small className={over ? "weak" : "quiet"}>{over ? `⚠ ${t("token.over")}` : t("token.until", { at: moment(Date.parse(each.expires), now) })} · {t("token.by", { at: moment(Date.parse(each.at), now), by: nameOf(each.by) })}</small>
                  <small>{each.actions.map(titleOf).join(", ")}</small>
                </div>
                {ends ? <Button type="button" size="xs" variant="default" aria-label={t("token.endOf", { title: each.title })} onClick={() => setEnding(each)}>{t("token.end")}</Button> : null}
              </li>
            );
          })}
        </ul>
        {actions ? <Button type="button" size="sm" variant="default" onClick={() => setMaking(true)}>{t("token.make")}</Button> : null}
        {making && actions ? <TokenDialog whose={whose} actions={actions} onClose={() => setMaking(false)} /> : null}
        {ending ? <Confirm title={t("token.end")} what={t("token.end")} about={t("token.endAbout", { title: ending.title })} method="DELETE" path={pathOf(whose, "tokens", ending.id)} again={[tokensKey(whose)]} onClose={() => setEnding(null)} /> : null}
      </div>
    </Panel>
  );
}
