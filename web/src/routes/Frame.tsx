// What stands around every room: header, rail, the band of time, the palette, the keys of the whole page.
import { Outlet, useNavigate, useRouterState, useSearch } from "@tanstack/react-router";
import { Suspense, lazy, useEffect, useMemo, useState } from "react";
import { part } from "../api/part";
import { LIVE, shifted } from "../lib/moment";
import { usePresentAlerts } from "../slices/alert/useAlerts";
import { useAlertFacts } from "../slices/alert/useAlertFacts";
import { raisedOf } from "../slices/alert/order";
import { usePlace } from "../slices/access/usePlace";
import { useSessionActs } from "../slices/access/useSession";
import type { Session } from "../slices/access/wire";
import { serverNow } from "../api/pulse";
import { Header } from "../shell/Header";
import { KeysDialog } from "../shell/KeysDialog";
import { Rail } from "../shell/Rail";
import { admits, roomOf, rooms } from "../shell/rooms";
import { useStatus } from "../shell/StatusFigures";
import { TimeBar } from "../shell/TimeBar";
import { TimeDialog } from "../shell/TimeDialog";
import { useHeartbeat } from "../shell/useHeartbeat";
import { useKeys } from "../shell/useKeys";
import { useLink } from "../shell/useLink";
import { useMay } from "../ui/may";
import { TimeContext } from "../ui/moment";
import { type Question, WhyContext } from "../ui/why";
import { useWords } from "../ui/words";
import { NoRoom } from "./NoRoom";
import { PalettePlace } from "./PalettePlace";
import { frameSearch } from "./search";
import { useMomentOf } from "./useMomentOf";

const WhyDialog = lazy(() => part(() => import("../slices/access/WhyDialog")));

type Open = "palette" | "keys" | "time" | null;

export function Frame({ session }: { session: Session }) {
  const { t, pick } = useWords();
  const may = useMay();
  const search = frameSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const { signOut } = useSessionActs();
  const { lost } = useLink();
  const status = useStatus().data;
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const here = roomOf(pathname);
  const place = usePlace();
  const mine = rooms.filter((room) => admits(room.id, may));
  const time = useMomentOf(search.t);
  const waiting = useAlertFacts(time.paused);
  const open = usePresentAlerts();
  const raised = useMemo(() => raisedOf(open.alerts.values()), [open]);
  const [dialog, setDialog] = useState<Open>(null);
  const [asking, setAsking] = useState<Question | null>(null);
  useHeartbeat(!may("event.follow"));
  const wall = search.wall === 1;
  const setWall = () => void navigate({ to: ".", search: (before: object) => ({ ...before, wall: wall ? undefined : 1 }) } as never);

  useKeys({
    ...Object.fromEntries(mine.map((room) => [room.key, () => void navigate({ to: room.path })])),
    "Mod+k": () => setDialog("palette"),
    "/": () => setDialog("palette"),
    "?": () => setDialog("keys"),
    p: () => time.go(time.paused ? LIVE : { mode: "paused" }),
    l: () => time.go(LIVE),
    t: () => setDialog("time"),
    "[": () => time.go(shifted(time.moment, time.at, -300_000, serverNow())),
    "]": () => time.at !== null && time.go(shifted(time.moment, time.at, 300_000, serverNow())),
    w: setWall,
  });

  // The name of the tab says where one is, and how many alerts wait while one is elsewhere.
  const title = `${raised ? `(${raised.count}) ` : ""}${t(`rooms.${here}`)} · HaNoi IOC`;
  useEffect(() => {
    document.title = title;
  }, [title]);

  // Who may not enter the first room begins in the first that is open to them.
  const closed = admits(here, may) ? null : (rooms.find((room) => room.id === here) ?? null);
  const first = mine[0]?.path ?? "/account";
  useEffect(() => {
    if (closed && pathname === "/") void navigate({ to: first, replace: true } as never);
  }, [closed, pathname, first, navigate]);

  const post = session.posts[session.post];
  const postWords = post ? `${post.roles.map((role) => pick(role.title, role.code)).join(", ")} · ${place(post)}` : t("post.none");
  return (
    <TimeContext value={time}>
      <WhyContext value={setAsking}>
        <div className="shell" data-wall={wall} data-past={time.past} data-room={here}>
          <Header session={session} post={postWords} lost={lost} onSearch={() => setDialog("palette")} onPast={() => setDialog("time")} onKeys={() => setDialog("keys")} onSignOut={() => void signOut()} />
          <div className="bands"><TimeBar waiting={waiting} scaled={status?.clock?.scaled === true} onPick={() => setDialog("time")} /></div>
          <Rail raised={raised} />
          <div className="room">{closed ? <NoRoom room={closed} /> : <Outlet />}</div>
        </div>
        {dialog === "palette" ? <PalettePlace here={here} onWall={setWall} onPast={() => setDialog("time")} onKeys={() => setDialog("keys")} onClose={() => setDialog(null)} /> : null}
        {dialog === "keys" ? <KeysDialog here={here} onClose={() => setDialog(null)} /> : null}
        {dialog === "time" ? <TimeDialog onClose={() => setDialog(null)} /> : null}
        <p className="hidden" aria-live="polite">{lost === null ? "" : t("lost.title")}</p>
      </WhyContext>
      {/* Asked about what stands on the page: it lies above everything else. */}
      {asking ? <Suspense><WhyDialog question={asking} session={session} onClose={() => setAsking(null)} /></Suspense> : null}
    </TimeContext>
  );
}
