// The words of this room, which come with it and not with the first view.
import en from "../../locales/security.en.json";
import vi from "../../locales/security.vi.json";
import { addWords } from "../../ui/words";

addWords({ vi, en });
