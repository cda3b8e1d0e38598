// The way to the rooms: a rail at the left, a bar at the bottom on a phone. Quiet, but for the count of what nobody has taken.
import { Link, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import type { Severity } from "../api/wire";
import { RoomIcon } from "../ui/RoomIcon";
import { SeverityMark } from "../ui/SeverityMark";
import { useMay } from "../ui/may";
import { useWords } from "../ui/words";
import { type Room, admits, roomOf, rooms } from "./rooms";

interface Props {
  /** How many open alerts nobody has acknowledged, and their worst level. */
  raised: { count: number; worst: Severity } | null;
}

/** On a phone so many rooms stand in the bar; the others behind "more". */
const BAR = 4;
const MORE = "M3.5 12a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M10.5 12a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M17.5 12a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0";

export function Rail({ raised }: Props) {
  const { t } = useWords();
  const may = useMay();
  const open = rooms.filter((room) => admits(room.id, may));
  const [more, setMore] = useState(false);
  const here = roomOf(useRouterState({ select: (state) => state.location.pathname }));
  const item = (room: Room, at: number) => (
    <li key={room.id} data-bar={at < BAR}>
      <Link to={room.path} className="rail-link" aria-current={room.id === here ? "page" : undefined} aria-keyshortcuts={room.key} title={`${t(`rooms.${room.id}`)} (${room.key})`} onClick={() => setMore(false)}>
        <span className="rail-icon">
          <RoomIcon path={room.icon} />
          {room.id === "alerts" && raised ? (
            <span className="rail-badge" data-severity={raised.worst}>
              <SeverityMark severity={raised.worst} size={15} /> <span aria-label={t("rail.raised", { count: raised.count })}>{raised.count > 99 ? "99+" : raised.count}</span>
            </span>
          ) : null}
        </span>
        <span className="rail-word">{t(`rooms.${room.id}`)}</span>
      </Link>
    </li>
  );
  const behind = open.slice(BAR).some((room) => room.id === here);
  return (
    <nav className="rail" aria-label={t("rail.label")} data-more={more} onKeyDown={(event) => event.key === "Escape" && setMore(false)}>
      <ul>{open.map(item)}</ul>
      {open.length > BAR ? (
        <button type="button" className="rail-link rail-more" aria-expanded={more} data-here={behind} onClick={() => setMore(!more)}>
          <span className="rail-icon"><RoomIcon path={MORE} /></span>
          <span className="rail-word">{t("rail.more")}</span>
        </button>
      ) : null}
    </nav>
  );
}
