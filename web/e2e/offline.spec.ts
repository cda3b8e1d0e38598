// A browser that is cut off for a while and comes back: said loudly, nothing done in silence, and all of it true again.
import { type Page, expect } from "@playwright/test";
import { gauge } from "./gauge";
import { type Line, lineTo } from "./line";
import { panel, row, test } from "./signed";

test.describe.configure({ timeout: 240_000 });

let line: Line;
test.beforeEach(async ({ baseURL }) => {
  line = await lineTo(baseURL ?? "http://127.0.0.1:8080");
});
test.afterEach(() => line.end());

const lost = (page: Page) => page.getByRole("alert").filter({ hasText: "MẤT KẾT NỐI" });
const old = (page: Page) => page.getByTestId("freshness").filter({ hasText: "dữ liệu cũ" });

// `request` does not pass over the line: the city goes on while the page hears nothing.
test("what happened meanwhile is there after the return, and nothing was done in silence", async ({ page, request }) => {
  const own = await gauge(request, "Điểm ngập thử");
  await own.says(0.4, 60);
  await page.goto(`${line.url}/`);
  await row(page, own.name).click();
  await expect(panel(page).getByText("Chưa ai nhận")).toBeVisible();
  await page.mouse.move(1_000, 500);

  line.hush();
  const late = await gauge(request, "Điểm ngập trong lúc mất mạng");
  await late.says(0.7, 60);
  await own.says(0.62);
  await expect(lost(page)).toBeVisible();
  await expect(page.getByRole("timer", { name: "Thời gian mất kết nối" })).toContainText(/\d+:\d\d/);
  // Who acts now is told at once that it did not happen.
  await page.keyboard.press("a");
  const dialog = page.getByRole("dialog", { name: "Nhận cảnh báo" });
  await dialog.getByRole("button", { name: "Nhận", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("Máy chủ không trả lời");
  await page.keyboard.press("Escape");
  // Panels say that they are old, and show nothing that nobody said to them.
  await expect(old(page).first()).toBeVisible({ timeout: 100_000 });
  await expect(row(page, own.name).getByRole("img", { name: "Cấp độ 3" })).toBeVisible();
  await expect(row(page, late.name)).toHaveCount(0);

  line.mend();
  await expect(page.getByText("MẤT KẾT NỐI")).toHaveCount(0);
  await expect(row(page, late.name)).toBeVisible();
  await expect(row(page, own.name).getByRole("img", { name: "Cấp độ 4" })).toBeVisible();
  await expect(panel(page).locator(".headline")).toContainText("Chưa ai nhận");
  await expect(old(page)).toHaveCount(0);
  await own.says(0);
  await late.says(0);
});

test("the live values of a device go on where they are, and so do lists that no stream feeds", async ({ page, request }) => {
  const own = await gauge(request, "Điểm ngập thử");
  await own.says(0.11, 60);
  await page.goto(`${line.url}/devices/${own.id}?range=1h`);
  const depth = page.getByRole("status", { name: "Độ sâu ngập" });
  await expect(depth).toHaveText("0,11 m");
  line.tear();
  await expect(lost(page)).toBeVisible();
  await own.says(0.13);
  await expect(depth).toHaveText("0,11 m");
  line.mend();
  await expect(page.getByText("MẤT KẾT NỐI")).toHaveCount(0);
  await expect(depth).toHaveText("0,13 m");

  await page.keyboard.press("4");
  await expect(page.getByTestId("freshness").first()).toContainText("cập nhật");
  line.tear();
  await expect(lost(page)).toBeVisible();
  const title = `Mất mạng ${own.id}`;
  expect((await request.post("/api/v1/incidents", { data: { title, kind: "other", severity: 2, areas: ["00070"] } })).status()).toBe(201);
  line.mend();
  await expect(page.getByRole("listbox", { name: "Danh sách sự cố" }).getByRole("option").filter({ hasText: title })).toBeVisible();
  await own.says(0);
});

test("a room that is first entered while the line is down waits for it, and comes", async ({ page }) => {
  await page.goto(`${line.url}/`);
  await expect(page.getByTestId("freshness").first()).toContainText("cập nhật");
  line.tear();
  await expect(lost(page)).toBeVisible();
  await page.keyboard.press("8");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/system");
  await page.keyboard.press("5");
  await expect(lost(page)).toBeVisible();
  line.mend();
  await expect(page.getByText("MẤT KẾT NỐI")).toHaveCount(0);
  await expect(page.getByRole("main").getByRole("heading", { name: "Thiết bị", exact: true })).toBeVisible();
  await expect(page.getByRole("listbox", { name: "Danh sách thiết bị" }).getByRole("option").first()).toBeVisible();
});
