// The nouns of the configuration, as contracts/openapi.json has them under shorter names.
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

/** One start with other values than the one before. */
export type Version = Schemas["SettingVersion"];
export type Versions = Schemas["SettingVersionList"];
export type Change = Schemas["SettingChange"];
export type Starter = Schemas["SettingStarter"];
export type Now = Schemas["SettingsNow"];

/** A name of the operating system with its number, or the number alone. */
export function accountWords(name: string | null | undefined, uid: number): string {
  return name ? `${name} (${uid})` : String(uid);
}
