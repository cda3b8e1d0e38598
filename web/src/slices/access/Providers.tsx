// The buttons of other providers under the form of the door; nothing where there are none.
import { useWords } from "../../ui/words";
import { useProviders, wayOf } from "./useProviders";

export function Providers() {
  const { t, pick } = useWords();
  const providers = useProviders();
  if (providers.length === 0) return null;
  return (
    <ul className="providers" aria-label={t("signIn.others")}>
      {providers.map((provider) => <li key={provider.id}><a className="provider" href={wayOf(provider) ?? undefined}>{t("signIn.with", { name: pick(provider.title, provider.id) })}</a></li>)}
    </ul>
  );
}
