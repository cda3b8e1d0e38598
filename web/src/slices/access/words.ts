// The words of the rooms of people and of one's own account, which come with them and not with the first view.
import en from "../../locales/people.en.json";
import vi from "../../locales/people.vi.json";
import { addWords } from "../../ui/words";

addWords({ vi, en });
