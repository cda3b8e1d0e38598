// One item of the pack in the list: how it stands, its name and file, its kind, who changed it last and when.
import { ago } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { useWords } from "../../ui/words";
import { byWords } from "./byWords";
import type { Item } from "./model";
import { StateMark, StateWords } from "./StateWords";

export function PackRow({ item }: { item: Item }) {
  const { t, language } = useWords();
  const now = useServerNow();
  return (
    <div className="pack-row">
      <StateMark state={item.state} />
      <span className="pack-name"><strong>{item.id}</strong><small>{item.file}</small></span>
      <span className="pack-kind">{t(`pack.kind.${item.kind}`)}</span>
      <span className="pack-stand"><StateWords state={item.state} /><small>{t("pack.by", { version: item.version, by: byWords(t, item.changed_by) })}</small></span>
      <time className="pack-age quiet" dateTime={item.changed_at}>{ago(Date.parse(item.changed_at), now, language)}</time>
    </div>
  );
}
