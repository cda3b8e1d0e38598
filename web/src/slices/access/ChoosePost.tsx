// After signing in with several posts: in which of them does one act now?
import { Button } from "@mantine/core";
import { useWords } from "../../ui/words";
import { Door } from "./Door";
import { Posts } from "./Posts";
import { useSessionActs } from "./useSession";
import type { Session } from "./wire";

export default function ChoosePost({ session }: { session: Session }) {
  const { t } = useWords();
  const { keepPost, signOut } = useSessionActs();
  return (
    <Door title={t("post.choose")} about={t("post.chooseAbout")}>
      <Posts session={session} onKeep={keepPost} />
      <Button type="button" variant="subtle" onClick={() => void signOut()}>{t("signOut")}</Button>
    </Door>
  );
}
