// All versions of an item, youngest first: when, what happened, who; each leads to what it changed.
import { moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { useWords } from "../../ui/words";
import { byWords } from "./byWords";
import type { Version } from "./model";

interface Props {
  versions: readonly Version[];
  /** The version that is open. */
  open: number | null;
  onOpen: (version: number) => void;
}

export function History({ versions, open, onOpen }: Props) {
  const { t } = useWords();
  const now = useServerNow();
  return (
    <ol className="timeline pack-history">
      {versions.map((each) => (
        <li key={each.version} data-change={each.change}>
          <time dateTime={each.at}>{moment(Date.parse(each.at), now)}</time>
          <div>
            <button type="button" className="link" aria-current={each.version === open ? "true" : undefined} onClick={() => onOpen(each.version)}>{t("pack.version", { version: each.version, change: t(`pack.change.${each.change}`) })}</button>
            <span className="quiet"> · {byWords(t, each.by)}</span>
            {each.pack ? <p>{each.pack.name}</p> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}
