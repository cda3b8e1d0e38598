// Fields of the dialogs about accounts and rights: labelled, with the error under them, in the browser's own controls.
import { type ReactNode, useId } from "react";
import { useWords } from "../../ui/words";
import { useAreas } from "./useAreas";
import { useOrgs } from "./useOrgs";
import { useRoles } from "./useRoles";
import { type Classification, classifications } from "./wire";

interface FieldProps {
  label: string;
  error?: string | null;
  hint?: string;
  children: (id: string, described: string | undefined) => ReactNode;
}

export function Field({ label, error, hint, children }: FieldProps) {
  const id = useId();
  const below = error || hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id, below ? `${id}-below` : undefined)}
      {below ? <small id={`${id}-below`} className={error ? "field-error" : "quiet"}>{below}</small> : null}
    </div>
  );
}

export function ClearanceField({ value, onValue }: { value: Classification; onValue: (value: Classification) => void }) {
  const { t } = useWords();
  return (
    <Field label={t("people.clearance")} hint={t("people.clearanceAbout")}>
      {(id, described) => <select id={id} aria-describedby={described} value={value} onChange={(event) => onValue(event.target.value as Classification)}>{classifications.map((each) => <option key={each} value={each}>{t(`classification.${each}`)}</option>)}</select>}
    </Field>
  );
}

/** What a right is made of, as the fields have it. */
export interface RightDraft {
  role: string;
  org: string;
  area: string;
  /** As a `datetime-local` field in Hà Nội; empty: without an end. */
  until: string;
}

interface RightProps {
  draft: RightDraft;
  onDraft: (draft: RightDraft) => void;
  wrong: Partial<Record<keyof RightDraft, string>>;
  /** A right may be left out. */
  optional?: boolean;
}

export function RightFields({ draft, onDraft, wrong, optional = false }: RightProps) {
  const { t, pick } = useWords();
  const { roles } = useRoles();
  const { areas } = useAreas();
  const { orgs } = useOrgs();
  const set = (change: Partial<RightDraft>) => onDraft({ ...draft, ...change });
  const role = roles.find((each) => each.code === draft.role);
  const about = role ? [role.own_org_only ? t("roles.ownOrg") : "", role.second_factor ? t("roles.factor") : ""].filter(Boolean).join(" ") : "";
  return (
    <>
      <Field label={t("right.role")} error={wrong.role ? t(wrong.role) : null} {...(about ? { hint: about } : {})}>
        {(id, described) => (
          <select id={id} required={!optional} aria-invalid={wrong.role !== undefined} aria-describedby={described} value={draft.role} onChange={(event) => set({ role: event.target.value })}>
            <option value="">{t(optional ? "right.none" : "right.choose")}</option>
            {roles.map((each) => <option key={each.code} value={each.code}>{pick(each.title, each.code)}</option>)}
          </select>
        )}
      </Field>
      <div className="field-pair">
        <Field label={t("right.org")}>{(id) => <select id={id} value={draft.org} onChange={(event) => set({ org: event.target.value })}><option value="">{t("right.allOrgs")}</option>{orgs.map((each) => <option key={each.code} value={each.code}>{pick(each.title, each.code)}</option>)}</select>}</Field>
        <Field label={t("right.area")}>{(id) => <select id={id} value={draft.area} onChange={(event) => set({ area: event.target.value })}><option value="">{t("right.allAreas")}</option>{areas.map((each) => <option key={each.code} value={each.code}>{each.name}</option>)}</select>}</Field>
      </div>
      <Field label={t("right.until")} error={wrong.until ? t(wrong.until) : null} hint={t("right.untilAbout")}>
        {(id, described) => <input id={id} type="datetime-local" aria-invalid={wrong.until !== undefined} aria-describedby={described} value={draft.until} onChange={(event) => set({ until: event.target.value })} />}
      </Field>
    </>
  );
}
