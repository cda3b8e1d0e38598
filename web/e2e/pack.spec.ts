// The room of the city pack: what is delivered and what is changed here, editing under the eyes of the server, and settling a conflict.
import AxeBuilder from "@axe-core/playwright";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type APIRequestContext, type Page, expect } from "@playwright/test";
import { ownServer } from "./server";
import { test } from "./signed";

const listed = (page: Page) => page.getByRole("listbox", { name: "Các mục của gói" }).getByRole("option");
const item = (page: Page) => page.getByRole("region", { name: "Mục của gói" });
const editor = (page: Page) => page.getByRole("textbox", { name: /^Nội dung của/ });
const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });
const faults = async (page: Page) => (await new AxeBuilder({ page }).analyze()).violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(" ")}`);

/** Another rule than other tests wait for; only its comments are changed, so that it goes on judging as before. */
const RULE = "/pack/rule/noise-night";

interface Stored {
  text: string;
  version: number;
  state: string;
}
const stored = async (request: APIRequestContext): Promise<Stored> => (await (await request.get(`/api/v1${RULE}`)).json()) as Stored;

test.afterEach(async ({ page }) => {
  if ((await stored(page.request)).state === "overlay") await page.request.delete(`/api/v1${RULE}/overlay`);
});

test("the list tells which pack is loaded, is narrowed without accents, and opens by keyboard", async ({ page }) => {
  await page.goto("/pack");
  await expect(listed(page).first()).toBeVisible();
  const from = page.getByText(/^Gói đang dùng:/);
  await expect(page.locator(".pack-from summary")).toContainText(/hanoi-ioc .*nạp .*hệ thống.*mục/);
  await from.click();
  await expect(page.locator(".pack-from code").first()).toHaveText(/^[0-9a-f]{64}$/);
  await page.keyboard.press("f");
  await page.keyboard.type("luat noise");
  await expect(listed(page)).toHaveCount(1);
  await expect(listed(page)).toContainText("rules/noise-night.yaml");
  await page.getByRole("combobox", { name: "Loại" }).selectOption("rule");
  await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ q: "luat noise", kind: "rule" });
  await page.reload();
  await expect(listed(page)).toHaveCount(1);
  await page.getByRole("button", { name: /^Đã sửa tại đây/ }).click();
  await expect(page.getByText("Không có mục nào như vậy.")).toBeVisible();
  await page.getByRole("button", { name: /^Đã sửa tại đây/ }).click();
  await page.getByRole("heading", { name: "Gói thành phố", exact: true }).click();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect.poll(() => new URL(page.url()).pathname).toBe(RULE);
  await expect(item(page).getByRole("heading", { name: "noise-night" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Đang áp dụng" })).toContainText("rule: noise-night");
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/pack");
});

test("an item is edited by keyboard after a last look, told apart from the delivered one, and taken back", async ({ page }) => {
  const words = `# Thử ${crypto.randomUUID().slice(0, 8)}`;
  await page.goto(RULE);
  await expect(item(page)).toContainText("Nguyên bản gói");
  await expect(page.getByRole("button", { name: "Về bản gốc", exact: true })).toHaveAccessibleDescription(/Chưa ai sửa tại đây\./);
  await page.keyboard.press("e");
  await expect(editor(page)).toBeFocused();
  await expect(page.getByRole("button", { name: "Xem lại và lưu" })).toHaveAccessibleDescription(/Chưa có gì thay đổi\./);
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText(`${words}\n`);
  expect(await faults(page)).toEqual([]);
  // another room and back: what was written is still there
  await page.getByRole("link", { name: "← Gói thành phố" }).click();
  await expect(listed(page).first()).toBeVisible();
  await page.keyboard.press("f");
  await page.keyboard.type("noise-night");
  await expect(listed(page)).toHaveCount(1);
  await listed(page).click();
  await expect(editor(page)).toHaveValue(new RegExp(words));
  await editor(page).press("Control+Enter");
  const look = dialog(page, "Lưu bản sửa này?");
  await expect(look.getByRole("insertion")).toContainText(words);
  await expect(look).toContainText("có hiệu lực ngay");
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(item(page).getByRole("status")).toContainText(/^Đã lưu phiên bản \d+, có hiệu lực ngay/);
  await expect(item(page)).toContainText("Đã sửa tại đây");
  const changed = page.getByRole("region", { name: "Khác gì bản gốc" });
  await expect(changed.getByRole("insertion")).toContainText(words);
  await expect(changed.getByRole("deletion")).toHaveCount(0);
  expect(await faults(page)).toEqual([]);

  await item(page).getByRole("button", { name: /sửa tại đây/ }).first().click();
  await expect(page.getByRole("heading", { name: /^Phiên bản \d+: sửa tại đây$/ })).toBeVisible();
  await page.getByRole("button", { name: "Toàn văn" }).click();
  await expect(page.getByRole("region", { name: "Toàn văn" })).toContainText("rule: noise-night");
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("Escape");

  await page.keyboard.press("b");
  const back = dialog(page, "Bỏ bản sửa, về bản gốc của gói?");
  await expect(back.getByRole("deletion")).toContainText(words);
  await back.getByRole("button", { name: "Về bản gốc" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(item(page)).toContainText("Nguyên bản gói");
  await expect(item(page).getByRole("button", { name: /về bản gốc$/ }).first()).toBeVisible();
});

test("what is wrong is told with file, line, column and remedy beside the text, and a dropped draft can be taken back", async ({ page }) => {
  const { text, version } = await stored(page.request);
  await page.goto(RULE);
  await page.getByRole("button", { name: "Sửa", exact: true }).click();
  await editor(page).fill(text.replace("\nunit: dB\n", "\nunits: dB\n"));
  await page.getByRole("button", { name: "Xem lại và lưu" }).click();
  await dialog(page, "Lưu bản sửa này?").getByRole("button", { name: "Lưu bản sửa" }).click();
  const wrong = page.getByRole("alert").filter({ hasText: "Máy chủ chưa nhận" });
  await expect(wrong).toContainText("rules/noise-night.yaml, dòng");
  await expect(wrong).toContainText("units");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await wrong.getByRole("button", { name: /dòng/ }).first().click();
  await expect(editor(page)).toBeFocused();
  expect((await stored(page.request)).version).toBe(version);
  expect(await faults(page)).toEqual([]);
  await page.getByRole("button", { name: "Bỏ bản nháp" }).click();
  await expect(page.getByText("Đã bỏ bản nháp.")).toBeVisible();
  await page.getByRole("button", { name: "Lấy lại" }).click();
  await expect(editor(page)).toHaveValue(/\nunits: dB\n/);
  await page.getByRole("button", { name: "Bỏ bản nháp" }).click();
});

test("two at once: the slower one keeps the draft, sees what the faster one did, and decides anew", async ({ page }) => {
  const { text } = await stored(page.request);
  await page.goto(RULE);
  await expect(item(page)).toContainText("Nguyên bản gói");
  await page.keyboard.press("e");
  await expect(editor(page)).toBeFocused();
  await editor(page).fill(`${text}# mình\n`);
  await editor(page).press("Control+Enter");
  const look = dialog(page, "Lưu bản sửa này?");
  await expect(look).toBeVisible();
  await page.request.put(`/api/v1${RULE}`, { headers: { "content-type": "text/plain" }, data: `${text}# người khác\n` });
  await look.getByRole("button", { name: "Lưu bản sửa" }).click();
  await expect(look.getByRole("alert")).toContainText("Có người vừa thay đổi mục này");
  await page.keyboard.press("Escape");
  const behind = page.getByRole("alert").filter({ hasText: "Trong lúc soạn" });
  await expect(behind.getByRole("insertion")).toContainText("# người khác");
  await expect(page.getByRole("button", { name: "Xem lại và lưu" })).toHaveAccessibleDescription(/Hãy xem thay đổi của người khác trước\./);
  await expect(editor(page)).toHaveValue(/# mình\n$/);
  expect(await faults(page)).toEqual([]);
  await behind.getByRole("button", { name: /soạn tiếp trên phiên bản/ }).click();
  await editor(page).press("Control+Enter");
  await expect(look.getByRole("deletion")).toContainText("# người khác");
  await look.getByRole("button", { name: "Lưu bản sửa" }).click();
  await expect(page.getByRole("region", { name: "Khác gì bản gốc" }).getByRole("insertion")).toContainText("# mình");
});

test("an item that no pack has is named first and written then; the past cannot be changed", async ({ page }) => {
  await page.goto("/pack");
  await expect(page.getByRole("button", { name: "Thêm mục" })).toBeVisible();
  await page.keyboard.press("n");
  const add = dialog(page, "Thêm một mục vào gói");
  await add.getByLabel("Tên mục").fill("noise night");
  await add.getByRole("button", { name: "Soạn nội dung" }).click();
  await expect(add.getByText(/^Tên có 1 đến 64 ký tự/)).toBeVisible();
  await add.getByLabel("Tên mục").fill("noise-night");
  await expect(add.getByText("Đã có mục này.")).toBeVisible();
  const fresh = `e2e-${Date.now().toString(36)}`;
  await add.getByLabel("Tên mục").fill(fresh);
  await add.getByLabel("Tên mục").press("Enter");
  await expect.poll(() => new URL(page.url()).pathname).toBe(`/pack/rule/${fresh}`);
  await expect(editor(page)).toBeFocused();
  await expect(page.getByText("Gói chưa có mục này (Luật).")).toBeVisible();
  expect(await faults(page)).toEqual([]);

  await page.goto(`${RULE}?t=at=2026-01-01T00:00:00Z`);
  await expect(page.getByRole("button", { name: "Sửa", exact: true })).toHaveAccessibleDescription(/Đang xem quá khứ/);
  await page.keyboard.press("e");
  await expect(editor(page)).toHaveCount(0);
});

test("a conflict of a newer pack with an overlay is seen from both sides and settled by a joined text", async ({ page }) => {
  test.slow();
  const own = await ownServer();
  const pack = await mkdtemp(join(tmpdir(), "hanoi-ioc-pack-"));
  try {
    const api = (path: string) => new URL(`/api/v1${path}`, own.url).href;
    const secret = "một câu dễ nhớ mà dài";
    expect((await page.request.post(api("/session"), { data: { account: own.account, password: own.password } })).ok()).toBe(true);
    expect((await page.request.put(api("/session/password"), { data: { old: own.password, new: secret } })).ok()).toBe(true);
    const { text } = (await (await page.request.get(api("/pack/rule/flood-depth"))).json()) as Stored;
    const put = await page.request.put(api("/pack/rule/flood-depth"), { headers: { "content-type": "text/plain" }, data: `# sửa tại đây\n${text}` });
    expect(put.status(), await put.text()).toBe(200);
    // the tests run in the folder of the console
    await cp("../city/hanoi", pack, { recursive: true });
    const file = join(pack, "rules/flood-depth.yaml");
    await writeFile(file, `${await readFile(file, "utf8")}# gói mới\n`);
    await own.run("load-pack", pack);

    await page.goto(new URL("/pack", own.url).href);
    await page.getByRole("button", { name: /^Xung đột, chờ chọn/ }).click();
    await expect(listed(page)).toHaveCount(1);
    await listed(page).click();
    await expect(page.getByRole("region", { name: "Gói mới đổi gì" }).getByRole("insertion")).toContainText("# gói mới");
    await expect(page.getByRole("region", { name: "Tại đây đã sửa gì" }).getByRole("insertion")).toContainText("# sửa tại đây");
    await expect(page.getByRole("region", { name: /^Bản gộp/ }).getByRole("insertion")).toContainText("# gói mới");
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press("g");
    await expect(dialog(page, "Giữ bản sửa, bỏ qua thay đổi của gói mới?")).toContainText("Văn bản đang áp dụng không đổi.");
    await page.keyboard.press("Escape");
    await page.keyboard.press("m");
    await expect(editor(page)).toHaveValue(/^# sửa tại đây\n[^]*# gói mới\n$/);
    await editor(page).press("Control+Enter");
    await dialog(page, "Dùng bản gộp này?").getByRole("button", { name: "Dùng bản gộp" }).click();
    await expect(item(page)).toContainText("Đã sửa tại đây");
    await expect(page.getByRole("button", { name: "Giữ bản sửa", exact: true })).toHaveCount(0);
  } finally {
    await own.remove();
    await rm(pack, { recursive: true, force: true });
  }
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("list, page, editor and last look fit, and all can be reached", async ({ page }) => {
    const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.goto("/pack?q=noise-night");
    await listed(page).first().tap();
    await page.getByRole("button", { name: "Sửa", exact: true }).tap();
    await editor(page).fill(`${(await stored(page.request)).text}# qua điện thoại\n`);
    await fits();
    expect(await faults(page)).toEqual([]);
    await page.getByRole("button", { name: "Xem lại và lưu" }).tap();
    await fits();
    expect(await faults(page)).toEqual([]);
    await dialog(page, "Lưu bản sửa này?").getByRole("button", { name: "Lưu bản sửa" }).tap();
    await expect(page.getByRole("region", { name: "Khác gì bản gốc" })).toContainText("# qua điện thoại");
    await fits();
    expect(await faults(page)).toEqual([]);
  });
});
