// Who changed something, in words: a person, or the program itself.
import type { TFunction } from "i18next";
import { nameOf } from "../../api/people";

export const byWords = (t: TFunction, by: string) => (by.startsWith("service:") ? t("timeline.system") : nameOf(by));
