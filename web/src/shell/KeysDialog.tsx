// The keys of the whole page and of the room that is open, shown by "?".
import { Kbd } from "@mantine/core";
import { Dialog } from "../ui/Dialog";
import { useMay } from "../ui/may";
import { useWords } from "../ui/words";
import { type Room, admits, rooms } from "./rooms";

type Rows = readonly (readonly [string, readonly string[]])[];

const page: Rows = [
  ["search", ["Ctrl K", "/"]],
  ["pause", ["p"]],
  ["live", ["l"]],
  ["past", ["t"]],
  ["hop", ["[", "]"]],
  ["wall", ["w"]],
  ["close", ["Esc"]],
  ["help", ["?"]],
];
const list: Rows = [["down", ["j", "↓"]], ["up", ["k", "↑"]], ["open", ["Enter"]]];
const acts: Rows = [["acknowledge", ["a"]], ["shelve", ["s"]], ["comment", ["c"]], ["incidentOf", ["i"]], ["new", ["n"]]];
const room: Partial<Record<Room["id"], Rows>> = {
  duty: [...list, ...acts],
  alerts: [...list, ...acts.slice(0, 4)],
  incidents: [...list, ["filter", ["f"]], ["incidentNew", ["n"]], ["incidentNote", ["n"]], ["incidentAssign", ["a"]], ["incidentWork", ["s"]], ["incidentSeverity", ["v"]], ["incidentLink", ["g"]], ["incidentClose", ["c"]], ["incidentReopen", ["o"]]],
  devices: [...list, ["filter", ["f"]]],
  quality: [...list, ["replay", ["r"]]],
  map: [["mapMove", ["←", "↑", "→", "↓"]], ["mapZoom", ["+", "−"]]],
  pack: [...list, ["filter", ["f"]], ["packNew", ["n"]], ["packEdit", ["e"]], ["packMerge", ["m"]], ["packKeep", ["g"]], ["packBase", ["b"]], ["packSave", ["Ctrl Enter"]], ["leave", ["Esc"]]],
  people: [...list, ["filter", ["f"]], ["personNew", ["n"]]],
  audit: [...list, ["filter", ["f"]]],
  security: [...list, ["filter", ["f"]], ["securityAct", ["n"]]],
  sql: [["run", ["Ctrl Enter"]], ["leave", ["Esc"]]],
};

function Rows({ title, rows }: { title: string; rows: Rows }) {
  const { t } = useWords();
  return (
    <>
      <h3 className="sub">{title}</h3>
      <dl className="keys">
        {rows.map(([name, strokes]) => (
          <div key={name}>
            <dt>{strokes.map((stroke) => <Kbd key={stroke}>{stroke}</Kbd>)}</dt>
            <dd>{t(`keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

export function KeysDialog({ here, onClose }: { here: Room["id"]; onClose: () => void }) {
  const { t } = useWords();
  const may = useMay();
  const rows = room[here];
  const open = rooms.filter((each) => admits(each.id, may)).map((each) => each.key);
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      {rows ? <Rows title={t(`rooms.${here}`)} rows={rows} /> : null}
      <Rows title={t("keys.page")} rows={[...page.slice(0, 1), ["rooms", open], ...page.slice(1)]} />
    </Dialog>
  );
}
