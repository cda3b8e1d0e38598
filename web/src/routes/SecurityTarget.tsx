// Upon what an action is taken: an account, one of its tokens or sessions, or a device, each chosen from those that there are.
import { useId, useMemo } from "react";
import { serverNow } from "../api/pulse";
import { moment } from "../lib/age";
import { usePeople } from "../slices/access/usePeople";
import { useSessions, useTokens } from "../slices/access/useSessions";
import { useDevices } from "../slices/device/useDevices";
import type { TargetProps } from "../slices/security/ActionDialog";
import { hits } from "../slices/security/sieve";
import { Field } from "../ui/Field";
import { Trouble } from "../ui/Trouble";
import { useWords } from "../ui/words";

/** So many devices are offered at once; words narrow them. */
const OFFERED = 50;

export function SecurityTarget(props: TargetProps) {
  return props.draft.kind === "quarantine_device" ? <DeviceTarget {...props} /> : <AccountTarget {...props} />;
}

function AccountTarget({ draft, onDraft, wrong }: TargetProps) {
  const { t } = useWords();
  const list = useId();
  const people = usePeople().data?.items ?? [];
  const known = people.some((person) => person.account === draft.account.trim());
  const account = draft.account.trim();
  const part = { draft, onDraft, wrong };
  return (
    <>
      <Field label={t("security.target.account")} error={wrong.account ? t(wrong.account) : null}>
        {(id, described) => <input id={id} list={list} autoComplete="off" spellCheck={false} maxLength={64} aria-invalid={described !== undefined} aria-describedby={described} value={draft.account} onChange={(event) => onDraft({ ...draft, account: event.target.value, part: "" })} />}
      </Field>
      <datalist id={list}>{people.map((person) => <option key={person.account} value={person.account} />)}</datalist>
      {draft.kind === "block_token" && known ? <TokenTarget {...part} account={account} /> : null}
      {draft.kind === "cut_session" && known ? <SessionTarget {...part} account={account} /> : null}
      {draft.kind !== "block_account" && !known && wrong.part ? <small role="alert" className="field-error">{t(wrong.part)}</small> : null}
    </>
  );
}

interface PartProps extends TargetProps {
  account: string;
}

function TokenTarget({ account, ...props }: PartProps) {
  const query = useTokens(account);
  return <Choice {...props} query={query} options={(query.data?.items ?? []).map((token) => [token.id, token.title])} />;
}

function SessionTarget({ account, ...props }: PartProps) {
  const { t } = useWords();
  const query = useSessions(account);
  return <Choice {...props} query={query} options={(query.data?.items ?? []).map((session) => [session.id, `${session.from || t("sessions.fromNowhere")} · ${t("sessions.since", { at: moment(Date.parse(session.since), serverNow()) })}`])} />;
}

function Choice({ draft, onDraft, wrong, query, options }: TargetProps & { query: { isPending: boolean; isError: boolean; error: unknown }; options: readonly (readonly [string, string])[] }) {
  const { t } = useWords();
  if (query.isError) return <Trouble error={query.error} />;
  return (
    <Field label={t(draft.kind === "block_token" ? "security.target.token" : "security.target.session")} error={wrong.part ? t(wrong.part) : null}>
      {(id, described) => (
        <select id={id} aria-invalid={described !== undefined} aria-describedby={described} value={draft.part} onChange={(event) => onDraft({ ...draft, part: event.target.value })}>
          <option value="">{t(query.isPending ? "loading" : options.length === 0 ? "security.noPart" : "right.choose")}</option>
          {options.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
        </select>
      )}
    </Field>
  );
}

function DeviceTarget({ draft, onDraft, wrong }: TargetProps) {
  const { t, pick } = useWords();
  const list = useId();
  const devices = useDevices().data?.items;
  const offered = useMemo(() => (devices ?? []).filter((device) => hits(`${device.id} ${device.title?.vi ?? ""}`, draft.device)).slice(0, OFFERED), [devices, draft.device]);
  return (
    <>
      <Field label={t("security.target.device")} error={wrong.device ? t(wrong.device) : null}>
        {(id, described) => <input id={id} list={list} autoComplete="off" spellCheck={false} maxLength={256} aria-invalid={described !== undefined} aria-describedby={described} value={draft.device} onChange={(event) => onDraft({ ...draft, device: event.target.value })} />}
      </Field>
      <datalist id={list}>{offered.map((device) => <option key={device.id} value={device.id}>{pick(device.title, device.id)}</option>)}</datalist>
    </>
  );
}
