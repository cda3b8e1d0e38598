// On a phone: list or map. On a wide screen both are there and the tabs are not.
import { useWords } from "../ui/words";

export function ViewTabs({ view, count, onView }: { view: "list" | "map"; count: number; onView: (view: "list" | "map") => void }) {
  const { t } = useWords();
  return (
    <nav className="tabs" aria-label={t("tabs.label")}>
      {(["list", "map"] as const).map((each) => (
        <button key={each} type="button" aria-current={view === each ? "page" : undefined} onClick={() => onView(each)}>
          {t(`tabs.${each}`, { count })}
        </button>
      ))}
    </nav>
  );
}
