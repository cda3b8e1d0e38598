// The words of this room, which come with it and not with the first view.
import en from "../../locales/audit.en.json";
import vi from "../../locales/audit.vi.json";
import { addWords } from "../../ui/words";

addWords({ vi, en });
