// The duty page on a real server with living data.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { test, untouched } from "./signed";

test("shows the city, the alerts, the time of Hà Nội, and asks nobody but the server", async ({ page, baseURL }) => {
  const foreign: string[] = [];
  const refused: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(baseURL ?? "").origin) && !request.url().startsWith("blob:")) foreign.push(request.url());
  });
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) refused.push(message.text());
  });
  await page.goto("/");
  await expect(page.getByRole("listbox", { name: "Danh sách cảnh báo" }).getByRole("option").first()).toBeVisible({ timeout: 60_000 });
  await expect(page.locator("[data-testid=map][data-idle=true]")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/địa giới xấp xỉ/i)).toBeVisible();
  const hour = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit" }).format(new Date());
  await expect(page.getByRole("timer", { name: "Giờ Hà Nội" })).toContainText(new RegExp(`^(${hour}|\\d\\d):\\d\\d:\\d\\d`));
  await expect(page.getByTestId("freshness").first()).toContainText("cập nhật");
  expect(foreign).toEqual([]);
  expect(refused).toEqual([]);
});

test("is worked by keyboard: move, open, acknowledge with a comment, comment", async ({ page }) => {
  await page.goto("/");
  await expect(untouched(page).first()).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Phím tắt" })).toBeVisible();
  await page.keyboard.press("Escape");

  await untouched(page).first().click();
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  const panel = page.getByRole("region", { name: "Chi tiết cảnh báo" });
  await expect(panel.getByText("Chưa ai nhận")).toBeVisible();
  await expect(panel.getByText("Ngưỡng")).toBeVisible();
  await page.keyboard.press("a");
  await page.getByRole("dialog", { name: "Nhận cảnh báo" }).getByLabel(/Ghi chú/).fill("Đã báo đội trực");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(panel.getByText(/^Đã nhận: /)).toBeVisible();
  await expect(panel.getByRole("button", { name: "Nhận", exact: true })).toHaveAccessibleDescription(/Đã có người nhận\./);
  await expect(panel.getByText("Đã báo đội trực")).toBeVisible();

  await page.keyboard.press("c");
  await page.keyboard.type("Đã đến nơi");
  await page.getByRole("dialog").getByRole("button", { name: "Ghi chú" }).click();
  await expect(panel.getByText("Đã đến nơi")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
});

test("shelving needs a reason and an end", async ({ page }) => {
  await page.goto("/");
  await untouched(page).last().click({ timeout: 60_000 });
  const panel = page.getByRole("region", { name: "Chi tiết cảnh báo" });
  await panel.getByRole("button", { name: "Tạm gác" }).click();
  const dialog = page.getByRole("dialog", { name: "Tạm gác cảnh báo" });
  await dialog.getByRole("button", { name: "Tạm gác" }).click();
  await expect(dialog.getByText("Hãy nêu lý do.")).toBeVisible();
  await dialog.getByLabel("Lý do").fill("Bảo trì theo lịch");
  await dialog.getByRole("button", { name: "4 giờ" }).click();
  await dialog.getByRole("button", { name: "Tạm gác" }).click();
  await expect(panel.getByText(/^Tạm gác đến /)).toBeVisible();
  await panel.getByRole("button", { name: "Thôi tạm gác" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Thôi tạm gác" }).click();
  await expect(panel.getByText(/^Tạm gác đến /)).toHaveCount(0);
});

test("nothing moves under the pointer", async ({ page }) => {
  await page.goto("/");
  await expect(untouched(page).first()).toBeVisible({ timeout: 60_000 });
  const list = page.getByRole("listbox", { name: "Danh sách cảnh báo" });
  await list.hover();
  const order = () => list.getByRole("option").evaluateAll((rows) => rows.map((row) => row.id));
  const before = await order();
  const id = (await untouched(page).first().getAttribute("id"))?.replace("alert-", "") ?? "";
  const answer = await page.request.post(`/api/v1/alerts/${id}/acknowledge`, { data: {} });
  expect(answer.ok()).toBe(true);
  await expect(page.locator(`[id="alert-${id}"]`)).toContainText("Đã nhận");
  expect(await order()).toEqual(before);
});

test("shows a device with live values, from the alert and from a search without accents", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("listbox", { name: "Danh sách cảnh báo" }).getByRole("option").filter({ hasText: " · " }).first().click({ timeout: 60_000 });
  await page.getByRole("region", { name: "Chi tiết cảnh báo" }).locator("button.link").click();
  const device = page.getByRole("region", { name: "Thiết bị", exact: true });
  await expect(device.getByRole("region", { name: "Giá trị hiện tại" }).getByRole("listitem").first()).toContainText(/Tốt|Đáng ngờ|Kém/);
  expect(new URL(page.url()).searchParams.get("device")).toBeTruthy();
  await page.reload();
  await expect(device).toBeVisible();

  await page.keyboard.press("/");
  await page.keyboard.type("hoan kiem");
  await expect(page.getByRole("listbox", { name: "Kết quả" }).getByRole("option").filter({ hasText: "Hoàn Kiếm" }).first()).toBeVisible();
});

test("says loudly that the connection is lost, and since when, and recovers", async ({ page, context }) => {
  await page.goto("/");
  await expect(page.getByRole("listbox", { name: "Danh sách cảnh báo" }).getByRole("option").first()).toBeVisible({ timeout: 60_000 });
  await context.setOffline(true);
  await expect(page.getByRole("alert").filter({ hasText: "MẤT KẾT NỐI" })).toBeVisible();
  await expect(page.getByRole("timer", { name: "Thời gian mất kết nối" })).toContainText(/\d+:\d\d/);
  await context.setOffline(false);
  await expect(page.getByText("MẤT KẾT NỐI")).toHaveCount(0);
});

test("has no accessibility faults, closed or open", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("listbox", { name: "Danh sách cảnh báo" }).getByRole("option").first()).toBeVisible({ timeout: 60_000 });
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Chi tiết cảnh báo" }).getByRole("heading", { name: "Diễn biến" })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press("c");
  await expect(page.getByRole("dialog")).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});
