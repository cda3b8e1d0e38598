// Commands to a pump: on and off, each confirmed, and what became of the last ones.
import { useState } from "react";
import { nameOf } from "../../api/people";
import { asProblem } from "../../api/problem";
import type { Device } from "../../api/wire";
import { moment } from "../../lib/age";
import { ActButton } from "../../ui/ActButton";
import { ActForm } from "../../ui/ActForm";
import { useServerNow } from "../../ui/clock";
import { Freshness } from "../../ui/Freshness";
import { useMay } from "../../ui/may";
import { useTime } from "../../ui/moment";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { type Command, lastOn, whyNoCommand } from "./command";
import { useCommand, useCommands } from "./useCommands";

function Confirm({ device, on, onClose }: { device: Device; on: boolean; onClose: () => void }) {
  const { t, pick } = useWords();
  const send = useCommand(device.id);
  const what = t(on ? "command.on" : "command.off");
  const about = <p><strong>{pick(device.title, device.id)}</strong> <code>{device.id}</code></p>;
  return (
    <ActForm title={t("command.confirm", { what })} what={what} about={about} send={send} body={() => on} onClose={onClose}>
      <p className="note">{t(on ? "command.onMeans" : "command.offMeans")}</p>
    </ActForm>
  );
}

function Line({ command }: { command: Command }) {
  const { t, pick } = useWords();
  const now = useServerNow();
  const what = command.name === "pump.set" ? t(command.params.on === true ? "command.on" : "command.off") : command.name;
  const reason = command.reason ? pick(command.reason.title, command.reason.code) : command.answer?.reason;
  return (
    <li className={`command command-${command.state}`}>
      <time dateTime={command.at}>{moment(Date.parse(command.at), now)}</time>
      <div>
        <strong>{what}</strong> · <span className="command-state">{t(`command.state.${command.state}`, { defaultValue: command.state })}</span>
        <span className="quiet"> · {nameOf(command.by)}</span>
        {reason ? <p>{t("command.reason", { reason })}</p> : null}
      </div>
    </li>
  );
}

export function CommandsPanel({ device }: { device: Device }) {
  const { t } = useWords();
  const { past } = useTime();
  const gives = useMay()("command.give");
  const query = useCommands(device.id);
  const [asking, setAsking] = useState<boolean | null>(null);
  const commands = query.data ?? [];
  const missing = query.isError && asProblem(query.error).status === 404;
  const why = missing ? "command.missing" : query.isPending ? "loading" : whyNoCommand(device, commands, past);
  const on = lastOn(commands);
  return (
    <section aria-label={t("command.title")} className="commands">
      <header className="sub-head">
        <h3 className="sub">{t("command.title")}</h3>
        <Freshness at={query.dataUpdatedAt || null} />
      </header>
      {query.isError && !missing ? <p role="alert" className="error">{problemWords(t, query.error)}</p> : null}
      <p>{t(on === null ? "command.unknown" : on ? "command.isOn" : "command.isOff")}</p>
      {gives ? (
        <div role="group" aria-label={t("command.title")} className="acts">
          <ActButton label={t("command.on")} whyNot={why === null ? null : t(why)} onClick={() => setAsking(true)} />
          <ActButton label={t("command.off")} whyNot={why === null ? null : t(why)} onClick={() => setAsking(false)} />
        </div>
      ) : null}
      <ol className="timeline">{commands.slice(0, 8).map((command) => <Line key={command.id} command={command} />)}</ol>
      {asking === null ? null : <Confirm device={device} on={asking} onClose={() => setAsking(null)} />}
    </section>
  );
}
