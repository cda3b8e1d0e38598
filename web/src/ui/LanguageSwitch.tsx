// Tiếng Việt or English, each in its own words.
import { speak, useWords } from "./words";

export function LanguageSwitch() {
  const { t, language } = useWords();
  return (
    <div role="group" aria-label={t("language")} className="languages">
      {(["vi", "en"] as const).map((each) => (
        <button key={each} type="button" lang={each} aria-pressed={language === each} aria-label={each === "vi" ? "VI, Tiếng Việt" : "EN, English"} onClick={() => speak(each)}>
          {each.toUpperCase()}
        </button>
      ))}
    </div>
  );
}
