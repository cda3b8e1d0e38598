// The room of the system: what is configured, and what was changed at which start.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { test } from "./signed";

test("the settings of this start stand with their sources, all of them when they are asked for, without accessibility faults", async ({ page }) => {
  await page.goto("/system");
  const panel = page.getByRole("region", { name: "Cấu hình và lịch sử thay đổi" });
  await expect(panel.getByRole("heading", { name: /^Bản \d+/ }).first()).toBeVisible();
  // the demo of these tests was told its folder on the command line
  await expect(panel.getByRole("row", { name: /instance\.data_dir.*--data-dir/ }).first()).toBeVisible();
  await expect(panel.getByRole("rowheader", { name: "session.idle_min" })).toHaveCount(0);
  await panel.getByText("Mọi giá trị đang dùng").click();
  await expect(panel.getByRole("row", { name: /session\.idle_min.*mặc định/ })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((fault) => fault.id)).toEqual([]);
});
