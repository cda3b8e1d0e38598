// The room of the map: layers in the address, and one ward looked into.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { gauge } from "./gauge";
import { panel, test } from "./signed";

test("layers are switched one by one and stand in the address", async ({ page }) => {
  await page.goto("/map");
  await expect(page.locator("[data-testid=map][data-idle=true]")).toBeVisible({ timeout: 60_000 });
  await page.getByRole("checkbox", { name: /^Mưa/ }).uncheck();
  await page.getByRole("checkbox", { name: /^Trạm không khí/ }).uncheck();
  await expect.poll(() => new URL(page.url()).searchParams.get("off")).toBe("kind:air-station,rain");
  await page.reload();
  await expect(page.getByRole("checkbox", { name: /^Mưa/ })).not.toBeChecked();
  await expect(page.getByRole("checkbox", { name: /^Ngập đường/ })).toBeChecked();
});

test("a ward shows its alerts, its water and its devices, and leads on to each", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  await own.says(0.4, 60);
  await page.goto("/map");
  await page.getByRole("combobox", { name: "Xem một phường xã" }).selectOption("00070");
  const ward = page.getByRole("region", { name: "Phường Hoàn Kiếm" });
  await expect(ward.getByText("105.301")).toBeVisible();
  await expect(ward.getByRole("link", { name: /Trạm đo ngập/ })).toBeVisible();
  await expect(ward.getByRole("button", { name: new RegExp(`Ngập sâu: ${own.name}`) })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await ward.getByRole("button", { name: new RegExp(`Ngập sâu: ${own.name}`) }).click();
  await expect(panel(page)).toContainText("Chưa ai nhận");
  await page.keyboard.press("Escape");
  await expect(ward).toBeVisible();
  await ward.getByRole("link", { name: /Trạm đo ngập/ }).click();
  await expect.poll(() => new URL(page.url()).pathname + new URL(page.url()).search).toContain("/devices?");
  expect(new URL(page.url()).searchParams.get("area")).toBe("00070");
  await own.says(0);
});
