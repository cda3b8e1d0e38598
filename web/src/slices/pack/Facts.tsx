// What an item of the pack is: its file, what a pack brought and when, what a person put over it, when a change counts.
import { moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { useWords } from "../../ui/words";
import { byWords } from "./byWords";
import type { Version, Whole } from "./model";

export function Facts({ item }: { item: Whole }) {
  const { t } = useWords();
  const now = useServerNow();
  const said = ({ version, at, by }: Version) => t("pack.fact.version", { version, at: moment(Date.parse(at), now), by: byWords(t, by) });
  const { base, overlay } = item;
  return (
    <dl className="facts">
      <div><dt>{t("pack.fact.file")}</dt><dd><code>{item.file}</code></dd></div>
      <div><dt>{t("pack.fact.base")}</dt><dd>{base ? <>{said(base)}{base.pack ? <small className="quiet pack-origin">{base.pack.name} · <code>{base.pack.sha256.slice(0, 12)}</code></small> : null}</> : t("pack.fact.noBase")}</dd></div>
      <div><dt>{t("pack.fact.overlay")}</dt><dd>{overlay ? <>{said(overlay)}{overlay.on ? <small className="quiet pack-origin">{t("pack.fact.on", { version: overlay.on })}</small> : null}</> : t("pack.fact.noOverlay")}</dd></div>
      <div><dt>{t("pack.fact.applies")}</dt><dd>{t(`pack.applies.${item.applies}`)}</dd></div>
    </dl>
  );
}
