// What the command palette finds, and where each leads.
import { useNavigate } from "@tanstack/react-router";
import { LIVE } from "../lib/moment";
import { fold } from "../lib/fold";
import { useAreas } from "../slices/access/useAreas";
import { useSessionActs } from "../slices/access/useSession";
import { usePresentAlerts } from "../slices/alert/useAlerts";
import { useDevices } from "../slices/device/useDevices";
import { useOffered } from "../shell/offers";
import { Palette, type Target } from "../shell/Palette";
import { type Room, account, admits, rooms } from "../shell/rooms";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { speak, useWords } from "../ui/words";
import { useTargets } from "./useTargets";

const none: never[] = [];

interface Props {
  here: Room["id"];
  onWall: () => void;
  onPast: () => void;
  onKeys: () => void;
  onClose: () => void;
}

export function PalettePlace({ here, onWall, onPast, onKeys, onClose }: Props) {
  const { t, language } = useWords();
  const navigate = useNavigate();
  const may = useMay();
  const { moment, paused, go } = useTime();
  const { signOut } = useSessionActs();
  const { areas, areaName } = useAreas();
  const devices = useDevices();
  const offered = useOffered();
  const found = useTargets(usePresentAlerts().alerts, devices.data?.items ?? [], admits("map", may) ? areas : none, areaName);

  const acts: Record<string, { title: string; about?: string; run: () => void }> = {
    ...Object.fromEntries(offered.map((offer) => [`offer ${offer.id}`, { title: offer.title, about: offer.stroke ?? "", run: offer.run }])),
    // Either the way into a state or the way out of it, never two names for one act.
    ...(moment.mode === "live" ? {} : { live: { title: t("time.back"), about: "l", run: () => go(LIVE) } }),
    ...(paused ? {} : { pause: { title: t("time.paused"), about: "p", run: () => go({ mode: "paused" }) } }),
    past: { title: t("time.pick"), about: "t", run: onPast },
    language: { title: t("palette.language"), about: language === "vi" ? "English" : "Tiếng Việt", run: () => speak(language === "vi" ? "en" : "vi") },
    wall: { title: t("palette.wall"), about: "w", run: onWall },
    keys: { title: t("keys.show"), about: "?", run: onKeys },
    signOut: { title: t("signOut"), run: () => void signOut() },
  };
  const target = (kind: Target["kind"], id: string, title: string, about: string): Target => ({ kind, id, title, about, key: fold(`${title} ${id}`) });
  const first = [
    ...offered.map((offer) => target("act", `offer ${offer.id}`, offer.title, offer.stroke ?? "")),
    ...[...rooms, account].filter((room) => admits(room.id, may)).map((room) => target("room", room.path, t(`rooms.${room.id}`), room.key)),
    ...Object.entries(acts).filter(([id]) => !id.startsWith("offer ")).map(([id, act]) => target("act", id, act.title, act.about ?? "")),
  ];

  const search = (change: object) => (before: object) => ({ ...before, ...change });
  const choose = ({ kind, id }: Target) => {
    const inPlace = here === "duty" || here === "map";
    if (kind === "act") acts[id]?.run();
    else if (kind === "room") void navigate({ to: id });
    else if (kind === "alert") void navigate({ to: here === "duty" || here === "map" || here === "alerts" ? "." : "/alerts", search: search({ alert: id, device: undefined, area: undefined }) } as never);
    else if (kind === "device" && inPlace) void navigate({ to: ".", search: search({ device: id, area: undefined }) } as never);
    else if (kind === "device") void navigate({ to: "/devices/$device", params: { device: id } } as never);
    else void navigate({ to: inPlace ? "." : "/map", search: search({ area: id, alert: undefined, device: undefined, ...(here === "duty" ? { view: "map" } : {}) }) } as never);
  };
  return <Palette targets={[...first, ...found]} first={first} onChoose={choose} onClose={onClose} />;
}
