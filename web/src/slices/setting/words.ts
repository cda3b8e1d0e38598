// The words of the configuration, which come with the room of the system and not with the first view.
import en from "../../locales/setting.en.json";
import vi from "../../locales/setting.vi.json";
import { addWords } from "../../ui/words";

addWords({ vi, en });
