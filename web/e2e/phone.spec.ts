// The duty page on a phone.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { gauge } from "./gauge";
import { list, panel, row, test } from "./signed";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test("a phone shows the list first, the map behind a tab, and one alert over both", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  await own.says(0.4);
  const faults = async () => (await new AxeBuilder({ page }).analyze()).violations;
  await page.goto("/");
  await expect(row(page, own.name)).toBeVisible();
  await expect(page.getByTestId("map")).toBeHidden();
  expect(await faults()).toEqual([]);
  await page.getByRole("button", { name: "Bản đồ", exact: true }).tap();
  await expect(page.locator("[data-testid=map][data-idle=true]")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/địa giới xấp xỉ/i)).toBeVisible();
  await expect(list(page)).toBeHidden();
  expect(await faults()).toEqual([]);
  await page.goBack();
  await row(page, own.name).tap();
  await panel(page).getByRole("button", { name: "Nhận", exact: true }).tap();
  await page.getByRole("dialog").getByRole("button", { name: "Nhận", exact: true }).tap();
  await expect(panel(page).locator(".headline")).toContainText("Đã nhận: ");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await faults()).toEqual([]);
  await own.says(0);
});

for (const path of ["/map?area=00070", "/alerts", "/incidents", "/devices", "/devices/flood-gauge-001", "/quality", "/quality?view=series", "/sql?q=SELECT+1+AS+a", "/system", "/pack", "/pack/rule/flood-depth", "/people", "/people?view=roles", "/people?view=review", "/account"]) {
  test(`${path} fits a phone and has no accessibility faults`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole("main").getByRole("heading").first()).toBeVisible();
    await expect(page.getByText("Đang tải…")).toHaveCount(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}

test("rooms that have no place in the bar stand behind one more press", async ({ page }) => {
  await page.goto("/");
  await expect(list(page)).toBeVisible();
  await page.getByRole("button", { name: "Thêm" }).tap();
  await page.getByRole("link", { name: "Hệ thống", exact: true }).tap();
  await expect(page.getByRole("heading", { name: "Máy chủ" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Hệ thống", exact: true })).toBeHidden();
});
