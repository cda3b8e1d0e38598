// The top of the page: where one is, how the instance does, the moment shown, the time in Hà Nội, search, language, who is on duty.
import { Link } from "@tanstack/react-router";
import { clockTime, dateWords } from "../lib/age";
import type { Session } from "../slices/access/wire";
import { useServerNow } from "../ui/clock";
import { LanguageSwitch } from "../ui/LanguageSwitch";
import mark from "../ui/mark.svg";
import { useMay } from "../ui/may";
import { RoomIcon } from "../ui/RoomIcon";
import { useWords } from "../ui/words";
import { LostBanner } from "./LostBanner";
import { account as own } from "./rooms";
import { StatusFigures, useStatus } from "./StatusFigures";
import { TimeControl } from "./TimeControl";

const NAME = "HaNoi IOC";
const GLASS = "M11 4a7 7 0 1 0 0 14a7 7 0 1 0 0-14M16 16l5 5";

interface Props {
  session: Session;
  /** Where one acts, in words. */
  post: string;
  lost: number | null;
  onSearch: () => void;
  onPast: () => void;
  onKeys: () => void;
  onSignOut: () => void;
}

function HanoiClock() {
  const { t, language } = useWords();
  const now = useServerNow();
  return (
    <div className="clock" role="timer" aria-label={t("clock")}>
      <strong>{clockTime(now)}</strong>
      <span className="quiet">{dateWords(now, language)}</span>
    </div>
  );
}

export function Header({ session, post, lost, onSearch, onPast, onKeys, onSignOut }: Props) {
  const { t } = useWords();
  const may = useMay();
  const status = useStatus().data;
  return (
    <header className="top" data-lost={lost !== null}>
      <div className="top-brand">
        <img src={mark} alt="" width={30} height={30} />
        <div>
          <h1>{NAME}</h1>
          <span className="quiet">{status && status.instance !== NAME ? status.instance : t("brandShort")}</span>
        </div>
      </div>
      <button type="button" className="search-button" aria-label={t("palette.title")} aria-keyshortcuts="Control+k /" onClick={onSearch}>
        <RoomIcon path={GLASS} size={18} /> <span>{t("palette.button")}</span> <kbd>Ctrl K</kbd>
      </button>
      <div className="top-middle">{lost === null ? may("status.read") ? <StatusFigures status={status} /> : null : <LostBanner since={lost} />}</div>
      <TimeControl onPast={onPast} />
      <HanoiClock />
      <div className="top-right">
        <LanguageSwitch />
        <button type="button" className="icon-button keys-button" aria-label={t("keys.show")} aria-keyshortcuts="?" onClick={onKeys}>?</button>
        <div className="who">
          <Link to={own.path} className="who-name" aria-label={t("account.of", { name: session.name || session.account, post })} title={post}>{session.name || session.account}<small>{post}</small></Link>
          <button type="button" className="link" onClick={onSignOut}>{t("signOut")}</button>
        </div>
      </div>
    </header>
  );
}
