// The top of the page: where one is, how the instance does, the time in Hà Nội, search, language, who is on duty.
import type { ReactNode } from "react";
import type { Session } from "../api/wire";
import { clockTime, dateWords } from "../lib/age";
import { useServerNow } from "../ui/clock";
import { LanguageSwitch } from "../ui/LanguageSwitch";
import mark from "../ui/mark.svg";
import { useWords } from "../ui/words";
import { LostBanner } from "./LostBanner";
import { StatusFigures, useStatus } from "./StatusFigures";

const NAME = "HaNoi IOC";

interface Props {
  session: Session;
  lost: number | null;
  search: ReactNode;
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

export function Header({ session, lost, search, onKeys, onSignOut }: Props) {
  const { t } = useWords();
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
      {search}
      <div className="top-middle">{lost === null ? <StatusFigures status={status} /> : <LostBanner since={lost} />}</div>
      <HanoiClock />
      <div className="top-right">
        <LanguageSwitch />
        <button type="button" className="icon-button keys-button" aria-label={t("keys.show")} aria-keyshortcuts="?" onClick={onKeys}>?</button>
        <div className="who">
          <span>{session.name || session.account}</span>
          <button type="button" className="link" onClick={onSignOut}>{t("signOut")}</button>
        </div>
      </div>
    </header>
  );
}
