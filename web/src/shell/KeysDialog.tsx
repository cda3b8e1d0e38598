// The keys of the page, shown by "?".
import { Kbd } from "@mantine/core";
import { Dialog } from "../ui/Dialog";
import { useWords } from "../ui/words";

const rows: readonly [string, readonly string[]][] = [
  ["down", ["j", "↓"]],
  ["up", ["k", "↑"]],
  ["open", ["Enter"]],
  ["acknowledge", ["a"]],
  ["shelve", ["s"]],
  ["comment", ["c"]],
  ["new", ["n"]],
  ["search", ["/"]],
  ["close", ["Esc"]],
  ["help", ["?"]],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl className="keys">
        {rows.map(([name, strokes]) => (
          <div key={name}>
            <dt>{strokes.map((stroke) => <Kbd key={stroke}>{stroke}</Kbd>)}</dt>
            <dd>{t(`keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
