// In place of a room that the post does not open: what is missing, and the way to the reasons.
import type { Room } from "../shell/rooms";
import { useMay } from "../ui/may";
import { useWhy } from "../ui/why";
import { useWords } from "../ui/words";

export function NoRoom({ room }: { room: Room }) {
  const { t } = useWords();
  const may = useMay();
  const why = useWhy();
  const missing = room.needs.find((action) => !may(action));
  return (
    <main className="door">
      <div className="door-card">
        <h2>{t("why.noRoom", { room: t(`rooms.${room.id}`) })}</h2>
        <p>{t("why.noRoomAbout")}</p>
        {why && missing ? <button type="button" className="link" onClick={() => why({ action: missing })}>{t("why.ask")}</button> : null}
      </div>
    </main>
  );
}
