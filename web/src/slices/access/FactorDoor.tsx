// A role of this post asks for a second factor: nothing else works before one is set up.
import { Button } from "@mantine/core";
import { useWords } from "../../ui/words";
import { Door } from "./Door";
import { Enrol } from "./Enrol";
import { Posts } from "./Posts";
import { useSessionActs } from "./useSession";
import type { Session } from "./wire";

export default function FactorDoor({ session }: { session: Session }) {
  const { t } = useWords();
  const { signOut, renew, holdAtFactor } = useSessionActs();
  // Set up already, and not shown at this sign-in: the way leads through the door once more.
  const again = session.second_factor;
  return (
    <Door title={t("factor.dueTitle")} about={t(again ? "factor.dueAgain" : "factor.due", { account: session.account })}>
      {again ? null : <Enrol account={session.account} onBegin={holdAtFactor} onDone={() => void renew()} />}
      {session.posts.length > 1 ? <><h2 className="sub">{t("factor.otherPost")}</h2><Posts session={session} others /></> : null}
      <Button type="button" variant="subtle" onClick={() => void signOut()}>{t("signOut")}</Button>
    </Door>
  );
}
