// Where a post or a right holds, with the names that people know.
import { useCallback } from "react";
import { useWords } from "../../ui/words";
import { placeWords } from "./place";
import { useAreas } from "./useAreas";
import { useOrgs } from "./useOrgs";

export function usePlace(): (place: { org?: string; area?: string }) => string {
  const { t, language } = useWords();
  const { areaName } = useAreas();
  const { orgName } = useOrgs();
  return useCallback((place) => placeWords(place, { orgName, areaName, everywhere: t("post.everywhere") }), [areaName, orgName, language]);
}
