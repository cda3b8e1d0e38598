// The first password is known to whoever set it up: nobody works before changing it.
import { Button } from "@mantine/core";
import { useWords } from "../../ui/words";
import { Door } from "./Door";
import { PasswordForm } from "./PasswordForm";
import { useSessionActs } from "./useSession";

export default function ChangePassword({ account }: { account: string }) {
  const { t } = useWords();
  const { signOut } = useSessionActs();
  return (
    <Door title={t("password.title")} about={t("password.about", { account })}>
      <PasswordForm account={account} label={t("password.title")} />
      <Button type="button" variant="subtle" onClick={() => void signOut()}>
        {t("signOut")}
      </Button>
    </Door>
  );
}
