// The configuration: who started the program with which changes, before and after; and all values, when they are asked for.
import { useState } from "react";
import { moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { useWords } from "../../ui/words";
import { type Change, type Starter, type Version, accountWords } from "./model";
import { useSettings, useVersions } from "./useSettings";
import "./words";

function Changes({ changes, first }: { changes: Change[]; first: boolean }) {
  const { t } = useWords();
  if (changes.length === 0) return <p className="quiet">{t("setting.allDefault")}</p>;
  return (
    <table className="plain">
      <thead><tr><th scope="col">{t("setting.key")}</th>{first ? null : <th scope="col">{t("setting.before")}</th>}<th scope="col">{t(first ? "setting.value" : "setting.after")}</th><th scope="col">{t("setting.source")}</th></tr></thead>
      <tbody>
        {changes.map(({ key, before, after }) => (
          <tr key={key}>
            <th scope="row"><code>{key}</code></th>
            {first ? null : <td>{before ? <code>{before.value}</code> : t("setting.none")}</td>}
            <td>{after ? <code>{after.value}</code> : t("setting.none")}</td>
            <td>{after?.source === "default" ? t("setting.default") : after?.source}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function By({ by }: { by: Starter }) {
  const { t } = useWords();
  const now = useServerNow();
  const { file } = by;
  return (
    <p className="quiet">
      {t("setting.by", { account: accountWords(by.account, by.uid), program: by.program })}
      {file ? ` · ${t("setting.file", { path: file.path, owner: accountWords(file.owner, file.owner_uid), at: moment(Date.parse(file.written), now) })}` : ` · ${t("setting.noFile")}`}
    </p>
  );
}

function One({ version }: { version: Version }) {
  const { t } = useWords();
  const now = useServerNow();
  const first = version.number === 1;
  return (
    <li>
      <h3 className="sub">{t(first ? "setting.first" : "setting.version", { number: version.number, at: moment(Date.parse(version.at), now) })}</h3>
      <By by={version.by} />
      <Changes changes={version.changes} first={first} />
    </li>
  );
}

function All() {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const query = useSettings(open);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("setting.all")}</summary>
      {query.isError ? <Trouble error={query.error} /> : null}
      {query.data ? <table className="plain"><thead><tr><th scope="col">{t("setting.key")}</th><th scope="col">{t("setting.value")}</th><th scope="col">{t("setting.source")}</th></tr></thead><tbody>{Object.entries(query.data.settings).map(([key, held]) => <tr key={key}><th scope="row"><code>{key}</code></th><td><code>{held.value}</code></td><td>{held.source === "default" ? t("setting.default") : held.source}</td></tr>)}</tbody></table> : open && !query.isError ? <p className="quiet">{t("loading")}</p> : null}
    </details>
  );
}

export function SettingsPanel() {
  const { t } = useWords();
  const query = useVersions();
  const versions = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel title={t("setting.title")} className="settings" stamp={<Freshness at={query.dataUpdatedAt || null} stale={3600} />}>
      <div className="body">
        <p className="quiet">{t("setting.about")}</p>
        {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
        {query.isError ? <Trouble error={query.error} /> : null}
        <All />
        <ol className="versions">{versions.map((version) => <One key={version.number} version={version} />)}</ol>
        {query.hasNextPage ? <button type="button" className="chip" disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>{t(query.isFetchingNextPage ? "loading" : "setting.older")}</button> : null}
      </div>
    </Panel>
  );
}
