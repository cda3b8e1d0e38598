// The incident room: from a grave alert to the end of the incident, by keyboard and by hand, wide and on a phone.
import AxeBuilder from "@axe-core/playwright";
import { type APIRequestContext, type Page, expect } from "@playwright/test";
import { gauge } from "./gauge";
import { panel, row, test } from "./signed";

const rows = (page: Page) => page.getByRole("listbox", { name: "Danh sách sự cố" }).getByRole("option");
const faults = async (page: Page) => (await new AxeBuilder({ page }).analyze()).violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(" ")}`);
const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });
const timeline = (page: Page) => page.getByRole("region", { name: "Diễn biến" });

/** The list of incidents, when it listens to keys. */
async function entered(page: Page): Promise<void> {
  await page.goto("/incidents");
  await expect(page.getByRole("button", { name: "Mở sự cố" })).toBeVisible();
}

interface Opened {
  id: string;
  number: string;
  title: string;
}

/** Opens an incident by hand that no other test has. */
async function opened(request: APIRequestContext, more: object = {}): Promise<Opened> {
  const title = `Thử ${crypto.randomUUID().slice(0, 8)}`;
  const answer = await request.post("/api/v1/incidents", { data: { title, kind: "other", severity: 3, areas: ["00070"], ...more } });
  expect(answer.status(), await answer.text()).toBe(201);
  const { id, number } = (await answer.json()) as Opened;
  return { id, number, title };
}

test("an incident is worked by keyboard from its opening to its end", async ({ page }) => {
  const title = `Cây đổ ${crypto.randomUUID().slice(0, 8)}`;
  await entered(page);
  await page.keyboard.press("n");
  const open = dialog(page, "Mở sự cố");
  await open.getByRole("button", { name: "Mở sự cố" }).click();
  await expect(open.getByText("Hãy viết nội dung.")).toBeVisible();
  await open.getByLabel("Việc gì").fill(title);
  await open.getByLabel("Loại").selectOption("other");
  await open.getByLabel("Cấp độ").selectOption("2");
  await open.getByLabel("Địa bàn").selectOption("00070");
  await open.getByLabel("Việc gì").press("Enter");
  await expect(page.getByRole("heading", { name: title })).toBeVisible();
  await expect(page).toHaveURL(/\/incidents\/[0-9a-f-]{36}/);
  await expect(timeline(page)).toContainText("Mở thủ công ở cấp 2");

  await page.keyboard.press("a");
  const assign = dialog(page, "Giao việc");
  await assign.getByLabel("Tìm đơn vị").fill("so xay dung");
  await assign.getByLabel("Đơn vị", { exact: true }).selectOption({ index: 0 });
  await assign.getByLabel("Yêu cầu").fill("Cử tổ cưa cây");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(timeline(page)).toContainText("Giao chủ trì: Sở Xây dựng");
  await expect(timeline(page)).toContainText("Cử tổ cưa cây");

  await page.keyboard.press("s");
  await dialog(page, "Bắt đầu xử lý").getByRole("button", { name: "Bắt đầu xử lý" }).click();
  await expect(page.locator(".headline")).toContainText("Đang xử lý");
  await expect(page.getByRole("button", { name: "Bắt đầu xử lý" })).toHaveAccessibleDescription(/Đã có người xử lý\./);

  await page.keyboard.press("n");
  await page.keyboard.type("Đã đến nơi");
  await page.keyboard.press("Control+Enter");
  await expect(timeline(page)).toContainText("Đã đến nơi");

  await page.keyboard.press("v");
  const level = dialog(page, "Đổi cấp độ");
  await expect(level.getByRole("radio", { name: /Cấp 2/ })).toBeDisabled();
  await level.getByRole("radio", { name: /Cấp 4/ }).check();
  await level.getByLabel("Vì sao").fill("chặn cả đường");
  await page.keyboard.press("Control+Enter");
  await expect(timeline(page)).toContainText("Đổi cấp độ từ 2 thành 4");

  await page.keyboard.press("c");
  const close = dialog(page, "Đóng sự cố");
  await close.getByRole("button", { name: "Đóng sự cố" }).click();
  await expect(close.getByText("Hãy chọn lý do.")).toBeVisible();
  await close.getByLabel("Lý do").selectOption("resolved");
  await close.getByLabel("Kết quả").fill("Đã dọn xong");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".headline")).toContainText("Đã đóng (Đã xử lý xong)");
  await expect(page.getByRole("button", { name: "Ghi chú" })).toHaveCount(0);

  await page.keyboard.press("o");
  await dialog(page, "Mở lại sự cố").getByLabel("Vì sao").fill("cành còn vướng");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".headline")).toContainText("Chưa ai xử lý");
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/incidents$/);
  await expect(rows(page).filter({ hasText: title })).toContainText("chủ trì: Sở Xây dựng");
});

test("a grave alert opens an incident by itself; its panel leads there and back", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  await own.says(0.7, 60);
  await page.goto("/");
  await row(page, own.name).click();
  const way = panel(page).getByRole("link", { name: /Thuộc sự cố SC-/ });
  await expect(way).toBeVisible();
  await page.keyboard.press("i");
  await expect(page).toHaveURL(/\/incidents\//);
  // gauges of other tests may have opened it, or joined it: this one is among its alerts
  const linked = page.getByRole("link", { name: new RegExp(own.name) });
  await expect(linked.first()).toBeAttached();
  expect(await faults(page)).toEqual([]);
  await own.says(0);
});

test("from a light alert a person opens one, and cannot open a second", async ({ page }) => {
  // another ward than other gauges, or it would join their incident
  const own = await gauge(page.request, "Điểm ngập nhẹ", "00364");
  await own.says(0.2, 60);
  await page.goto("/");
  await row(page, own.name).click();
  await panel(page).getByRole("button", { name: "Mở sự cố" }).click();
  const open = dialog(page, "Mở sự cố từ cảnh báo");
  await open.getByLabel("Ghi thêm").fill("dân báo");
  await open.getByRole("button", { name: "Mở sự cố" }).click();
  await expect(timeline(page)).toContainText("Mở ở cấp 2 từ 1 cảnh báo");
  const at = new URL(page.url()).pathname;
  await page.getByRole("link", { name: new RegExp(own.name) }).click();
  await expect(panel(page).getByRole("link", { name: /Thuộc sự cố/ })).toHaveAttribute("href", at);
  await expect(panel(page).getByRole("button", { name: "Mở sự cố" })).toHaveCount(0);
  await own.says(0);
  // or the next alert of this ward would join it
  await page.request.post(`/api/v1${at}/close`, { data: { reason: "resolved", text: "thử xong" } });
});

test("the list is narrowed by words without accents, state, level and organisation", async ({ page }) => {
  const mine = await opened(page.request, { severity: 5 });
  await page.request.post(`/api/v1/incidents/${mine.id}/assign`, { data: { org: "so-y-te" } });
  await entered(page);
  await page.keyboard.press("f");
  await page.keyboard.type(mine.title.replace("Thử", "thu"));
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText(mine.number);
  const levels = page.getByRole("group", { name: "Lọc theo cấp độ" });
  await levels.getByRole("button", { name: /Cấp 4/ }).click();
  await expect(rows(page)).toHaveCount(0);
  await levels.getByRole("button", { name: /Cấp 5/ }).click();
  await page.getByLabel("Đơn vị").selectOption("so-y-te");
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("button", { name: "Đã đóng" }).click();
  await expect(page.getByText("Không có sự cố nào như vậy.")).toBeVisible();
  await page.request.post(`/api/v1/incidents/${mine.id}/close`, { data: { reason: "false_alarm", text: "thử" } });
  // the fact brings it without a hand on the page
  await expect(rows(page)).toContainText("Đã đóng (Báo động giả)");
});

test("nothing moves under the pointer: a new incident waits until it is let in", async ({ page }) => {
  await opened(page.request);
  await page.goto("/incidents");
  await expect(rows(page).first()).toBeVisible();
  const order = () => rows(page).evaluateAll((all) => all.map((each) => each.textContent));
  await rows(page).first().hover();
  const before = await order();
  const late = await opened(page.request, { severity: 5 });
  const pill = page.getByRole("button", { name: /sự cố mới/ });
  await expect(pill).toBeVisible();
  expect((await order()).length).toBe(before.length);
  await pill.click();
  await expect(rows(page).filter({ hasText: late.title })).toBeVisible();
});

test("two at once: the slower one is told and sees what the faster one did", async ({ page }) => {
  const mine = await opened(page.request);
  await page.goto(`/incidents/${mine.id}`);
  await expect(page.getByRole("heading", { name: mine.title })).toBeVisible();
  await page.keyboard.press("c");
  const close = dialog(page, "Đóng sự cố");
  await page.request.post(`/api/v1/incidents/${mine.id}/close`, { data: { reason: "duplicate", text: "người khác" } });
  await close.getByLabel("Lý do").selectOption("resolved");
  await close.getByLabel("Kết quả").fill("xong");
  await close.getByRole("button", { name: "Đóng sự cố" }).click();
  await expect(close.getByRole("alert")).toContainText("Ai đó vừa thay đổi");
  await page.keyboard.press("Escape");
  await expect(page.locator(".headline")).toContainText("Trùng với sự cố khác");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("list, page and dialogs fit, and all can be reached", async ({ page }) => {
    const mine = await opened(page.request, { severity: 5 });
    await page.goto("/incidents");
    await rows(page).filter({ hasText: mine.title }).tap();
    await expect(page.getByRole("heading", { name: mine.title })).toBeVisible();
    await page.getByRole("button", { name: "Ghi chú" }).tap();
    await dialog(page, "Ghi chú").getByLabel("Nội dung").fill("qua điện thoại");
    await dialog(page, "Ghi chú").getByRole("button", { name: "Ghi chú" }).tap();
    await expect(timeline(page)).toContainText("qua điện thoại");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await faults(page)).toEqual([]);
  });
});
