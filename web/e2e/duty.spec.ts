// What a duty officer does with an alert: by keyboard, by hand, and while others do it too.
import { type Page, expect } from "@playwright/test";
import { type Gauge, gauge } from "./gauge";
import { list, panel, row, test } from "./signed";

let own: Gauge;

test.beforeEach(async ({ page }) => {
  own = await gauge(page.request, "Điểm ngập thử");
  await own.says(0.4, 60);
  await page.goto("/");
  await expect(row(page, own.name)).toContainText("Chưa ai nhận");
});
test.afterEach(() => own.says(0));

/** Walks down the list to the row. */
async function walkTo(page: Page, about: string): Promise<void> {
  const most = await list(page).getByRole("option").count();
  for (let steps = 0; steps < most; steps += 1) {
    await page.keyboard.press("j");
    if ((await row(page, about).getAttribute("aria-selected")) === "true") return;
  }
}

test("is worked by keyboard: move, open, acknowledge with a comment, comment, close", async ({ page }) => {
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Phím tắt" })).toBeVisible();
  await page.keyboard.press("Escape");

  await walkTo(page, own.name);
  await expect(row(page, own.name)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(panel(page).getByText("Chưa ai nhận")).toBeVisible();
  await expect(panel(page).getByText("0,3 m")).toBeVisible();
  await page.keyboard.press("a");
  await page.getByRole("dialog", { name: "Nhận cảnh báo" }).getByLabel(/Ghi chú/).fill("Đã báo đội trực");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(panel(page).locator(".headline")).toContainText("Đã nhận: ");
  await expect(panel(page).getByRole("button", { name: "Nhận", exact: true })).toHaveAccessibleDescription(/Đã có người nhận\./);
  await expect(panel(page).getByText("Đã báo đội trực")).toBeVisible();
  await expect(row(page, own.name)).toContainText("Đã nhận");

  await page.keyboard.press("c");
  await page.keyboard.type("Đã đến nơi");
  // a text of several lines goes off by the same key as everywhere
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(panel(page).getByText("Đã đến nơi")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
});

test("shelving needs a reason and an end, and can be taken back", async ({ page }) => {
  await row(page, own.name).click();
  await panel(page).getByRole("button", { name: "Tạm gác" }).click();
  const dialog = page.getByRole("dialog", { name: "Tạm gác cảnh báo" });
  await dialog.getByRole("button", { name: "Tạm gác" }).click();
  await expect(dialog.getByText("Hãy nêu lý do.")).toBeVisible();
  await dialog.getByLabel("Lý do").fill("Bảo trì theo lịch");
  await dialog.getByRole("button", { name: "4 giờ" }).click();
  await dialog.getByRole("button", { name: "Tạm gác" }).click();
  const headline = panel(page).locator(".headline");
  await expect(headline).toContainText("Tạm gác đến ");
  await expect(panel(page).getByText("Lý do tạm gác: Bảo trì theo lịch")).toBeVisible();
  await panel(page).getByRole("button", { name: "Thôi tạm gác" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Thôi tạm gác" }).click();
  await expect(headline).not.toContainText("Tạm gác đến ");
});

test("nothing moves under the pointer: new alerts wait, changed ones stay", async ({ page }) => {
  await list(page).hover();
  const order = () => list(page).getByRole("option").evaluateAll((rows) => rows.map((each) => each.id));
  const before = await order();
  const id = (await row(page, own.name).getAttribute("id"))?.replace("alert-", "") ?? "";
  const other = await gauge(page.request, "Điểm ngập thử khác");
  await other.says(0.7);
  await expect(page.getByRole("button", { name: /cảnh báo mới/ })).toBeVisible();
  const answer = await page.request.post(`/api/v1/alerts/${id}/acknowledge`, { data: {} });
  expect(answer.ok()).toBe(true);
  await expect(row(page, own.name)).toContainText("Đã nhận");
  expect(await order()).toEqual(before);
  await page.keyboard.press("n");
  await expect(row(page, other.name)).toBeVisible();
  await other.says(0);
});

test("says loudly that the connection is lost, and since when, and recovers", async ({ page, context }) => {
  await context.setOffline(true);
  await expect(page.getByRole("alert").filter({ hasText: "MẤT KẾT NỐI" })).toBeVisible();
  await expect(page.getByRole("timer", { name: "Thời gian mất kết nối" })).toContainText(/\d+:\d\d/);
  await context.setOffline(false);
  await expect(page.getByText("MẤT KẾT NỐI")).toHaveCount(0);
});
