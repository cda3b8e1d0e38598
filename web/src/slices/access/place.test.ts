// Where a right holds.
import { expect, it } from "vitest";
import { placeWords } from "./place";

const names = { orgName: (code: string) => `cơ quan ${code}`, areaName: (code: string) => `địa bàn ${code}`, everywhere: "toàn thành phố" };

it.each([
  [{}, "toàn thành phố"],
  [{ org: "so-xay-dung" }, "cơ quan so-xay-dung"],
  [{ area: "00070" }, "địa bàn 00070"],
  [{ org: "so-xay-dung", area: "00070" }, "cơ quan so-xay-dung · địa bàn 00070"],
])("%j is %s", (place, words) => expect(placeWords(place, names)).toBe(words));
