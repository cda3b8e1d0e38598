// Which language the page speaks, and texts that come in several.
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { part } from "../api/part";
import type { Language, Words } from "../api/wire";
import vi from "../locales/vi.json";

const KEPT = "hanoi-ioc.language";

function kept(): Language {
  try {
    return localStorage.getItem(KEPT) === "en" ? "en" : "vi";
  } catch {
    return "vi";
  }
}

/** English comes when it is asked for; Vietnamese is always there, also when English does not come. */
async function turnTo(language: Language): Promise<void> {
  try {
    if (language === "en" && i18next.getResource("en", "translation", "brand") === undefined) i18next.addResourceBundle("en", "translation", (await part(() => import("../locales/en.json"))).default);
    await i18next.changeLanguage(language);
  } catch {
    // The page goes on in the language that it has.
  }
}

/** Starts the translations: Vietnamese unless the person chose English here before. */
export async function startWords(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
  await i18next.use(initReactI18next).init({
    resources: { vi: { translation: vi } },
    lng: "vi",
    fallbackLng: "vi",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await turnTo(kept());
}

/** Words of a room that are loaded with it, in both languages. */
export function addWords(words: Record<Language, object>): void {
  for (const [language, more] of Object.entries(words)) i18next.addResourceBundle(language, "translation", more, true, true);
}

/** Speaks another language from now on, and next time. */
export function speak(language: Language): void {
  try {
    localStorage.setItem(KEPT, language);
  } catch {
    // A browser that keeps nothing still switches for now.
  }
  void turnTo(language);
}

/** The translator, the language, and a chooser for texts in several languages. */
export function useWords() {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === "en" ? "en" : "vi";
  const pick = (words: Words | null | undefined, otherwise = ""): string =>
    words?.[language] || words?.vi || words?.en || otherwise;
  return { t, language, pick };
}
