// One time control for the whole page: live, held still, a moment of the past, a replay.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { gauge } from "./gauge";
import { panel, row, test } from "./signed";

const past = (at: number) => `/?t=${encodeURIComponent(`at=${new Date(at).toISOString()}`)}`;

test("a held page shows nothing new, counts it, and shows it when let go", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  await page.goto("/");
  await expect(page.getByTestId("freshness").first()).toContainText("cập nhật");
  await page.keyboard.press("p");
  const band = page.getByRole("region", { name: "Thời điểm đang xem" });
  await expect(band).toContainText("ĐANG TẠM DỪNG");
  expect(new URL(page.url()).searchParams.get("t")).toBe("paused");
  await own.says(0.4, 60);
  await expect(band).toContainText(/[1-9]\d* thay đổi đang chờ/);
  await expect(row(page, own.name)).toHaveCount(0);
  await page.keyboard.press("l");
  await expect(band).toHaveCount(0);
  await expect(row(page, own.name)).toBeVisible();
  await own.says(0);
});

test("a moment of the past shows the alerts of then, says so loudly, and lets nobody act", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  await own.says(0.4, 60);
  await page.goto("/");
  await expect(row(page, own.name)).toBeVisible();
  const { items } = (await (await page.request.get(`/api/v1/alerts?device=${own.id}`)).json()) as { items: { raised_at: string }[] };
  const raised = Date.parse(items[0]?.raised_at ?? "");
  // It must have stood for a while before it is cleared.
  await expect.poll(() => Date.now()).toBeGreaterThan(raised + 2_000);
  await own.says(0);
  await expect(row(page, own.name)).toHaveCount(0);

  await page.goto(past(raised - 60_000));
  const band = page.getByRole("region", { name: "Thời điểm đang xem" });
  await expect(band).toContainText("ĐANG XEM QUÁ KHỨ");
  await expect(page.getByTestId("freshness").first()).toContainText("lúc ");
  await expect(row(page, own.name)).toHaveCount(0);
  await page.goto(past(raised + 1_000));
  await expect(row(page, own.name)).toContainText("Chưa ai nhận");
  await row(page, own.name).click();
  await expect(panel(page).getByRole("button", { name: "Nhận", exact: true })).toHaveAccessibleDescription(/Đang xem quá khứ/);
  await page.keyboard.press("a");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await band.getByRole("button", { name: "Về trực tiếp" }).click();
  await expect(row(page, own.name)).toHaveCount(0);
});

test("a replay moves on by itself, and the moment is chosen in a dialog by keyboard", async ({ page }) => {
  await page.goto("/devices");
  await expect(page.getByRole("group", { name: "Thời điểm đang xem" })).toBeVisible();
  await page.keyboard.press("t");
  const dialog = page.getByRole("dialog", { name: "Chọn thời điểm" });
  await dialog.getByRole("button", { name: "15 phút trước" }).click();
  await dialog.getByLabel("Tốc độ").selectOption("10");
  await dialog.getByRole("button", { name: "Xem" }).click();
  const band = page.getByRole("region", { name: "Thời điểm đang xem" });
  await expect(band).toContainText("ĐANG PHÁT LẠI");
  const shown = band.locator("time");
  const first = await shown.getAttribute("datetime");
  await expect(shown).not.toHaveAttribute("datetime", first ?? "");
  expect(new URL(page.url()).searchParams.get("t")).toMatch(/^replay=.*,10$/);
  // The moment goes along to another room, and a panel that cannot follow says so.
  await page.keyboard.press("8");
  await expect(band).toContainText("ĐANG PHÁT LẠI");
  await expect(page.getByTestId("freshness").first()).toContainText("hiện tại, không theo mốc thời gian");
  await page.keyboard.press("l");
  await expect(band).toHaveCount(0);
});
