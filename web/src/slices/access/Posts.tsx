// The posts of a person, each with the way to act in it.
import { useState } from "react";
import { moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { usePlace } from "./usePlace";
import { useSessionActs } from "./useSession";
import type { Session } from "./wire";

interface Props {
  session: Session;
  /** Without the one that is active. */
  others?: boolean;
  /** The active one can be chosen as well, and this is told then. */
  onKeep?: () => void;
}

export function Posts({ session, others = false, onKeep }: Props) {
  const { t, pick } = useWords();
  const { switchPost } = useSessionActs();
  const place = usePlace();
  const now = useServerNow();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const choose = async (number: number) => {
    if (busy) return;
    if (number === session.post) return onKeep?.();
    setBusy(true);
    setError(null);
    await switchPost(number).catch(setError);
    setBusy(false);
  };
  const posts = session.posts.filter((post) => !others || post.number !== session.post);
  return (
    <>
      <ul className="posts" aria-label={t("post.list")}>
        {posts.map((post) => {
          const active = post.number === session.post;
          const words = <><strong>{post.roles.map((role) => pick(role.title, role.code)).join(", ")}</strong><span>{place(post)}</span><small className="quiet">{active ? `✓ ${t("post.active")}` : ""}{active && post.until ? " · " : ""}{post.until ? t("post.until", { at: moment(Date.parse(post.until), now) }) : ""}</small></>;
          return <li key={post.number} aria-current={active ? "true" : undefined}>{active && !onKeep ? <div className="post">{words}</div> : <button type="button" className="post" disabled={busy} onClick={() => void choose(post.number)}>{words}</button>}</li>;
        })}
      </ul>
      {posts.length === 0 ? <p className="quiet">{t("post.none")}</p> : null}
      {error ? <p role="alert" className="error">{problemWords(t, error)}</p> : null}
    </>
  );
}
