// The duty page on a phone.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { test } from "./signed";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

test("a phone shows the list first, the map behind a tab, and one alert over both", async ({ page }) => {
  await page.goto("/");
  const list = page.getByRole("listbox", { name: "Danh sách cảnh báo" });
  await expect(list.getByRole("option").first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByTestId("map")).toBeHidden();
  await page.getByRole("button", { name: "Bản đồ", exact: true }).click();
  await expect(page.locator("[data-testid=map][data-idle=true]")).toBeVisible({ timeout: 60_000 });
  await expect(list).toBeHidden();
  await page.goBack();
  await list.getByRole("option").first().tap();
  await expect(page.getByRole("region", { name: "Chi tiết cảnh báo" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});
