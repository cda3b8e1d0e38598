// Names of those who act in the room of security; what the server does by itself is said so.
import { useCallback } from "react";
import { useActorNames } from "../slices/access/usePeople";
import { useWords } from "../ui/words";

export function useSecurityNames(): (actor: string) => string {
  const { t } = useWords();
  const { actorName } = useActorNames();
  return useCallback((actor: string) => (actor === "service:security" ? t("security.byItself") : actorName(actor)), [actorName, t]);
}
