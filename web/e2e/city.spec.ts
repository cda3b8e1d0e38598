// The city on the page: the map, the time of Hà Nội, the languages, and the simulated gauge whose water rises.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { gauge } from "./gauge";
import { list, panel, row, test } from "./signed";

test("shows the wards and devices, says that the borders are approximate, and asks nobody but the server", async ({ page, baseURL }) => {
  const foreign: string[] = [];
  const refused: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(baseURL ?? "").origin)) foreign.push(request.url());
  });
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) refused.push(message.text());
  });
  const shapes = page.waitForResponse("/api/v1/areas.geojson");
  await page.goto("/");
  expect(((await (await shapes).json()) as { features: unknown[] }).features).toHaveLength(126);
  await expect(page.locator("[data-testid=map][data-idle=true]")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/địa giới xấp xỉ/i)).toBeVisible();
  await expect(page.locator(".status").getByText("Thiết bị")).toBeVisible();
  const clock = page.getByRole("timer", { name: "Giờ Hà Nội" });
  const hours = [0, 1].map((add) => new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit" }).format(Date.now() + add * 3_600_000));
  await expect(clock).toContainText(new RegExp(`^(${hours.join("|")}):\\d\\d:\\d\\d`));
  await expect(page.getByTestId("freshness").first()).toContainText("cập nhật");
  expect(foreign).toEqual([]);
  expect(refused).toEqual([]);
});

test("the water rises at the simulated gauge, and the alert is there", async ({ page }) => {
  await page.goto("/");
  await expect(row(page, "Ngập sâu: Điểm ngập mẫu 01")).toBeVisible({ timeout: 80_000 });
});

test("an alert comes by itself, grows with the water and goes with it", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  await page.goto("/");
  await expect(page.getByTestId("freshness").first()).toBeVisible();
  await expect(row(page, own.name)).toHaveCount(0);
  await own.says(0.21, 120);
  await expect(row(page, own.name).getByRole("img", { name: "Cấp độ 2" })).toBeVisible();
  await expect(row(page, own.name)).toContainText("0,21 m");
  await own.says(0.62, 60);
  await expect(row(page, own.name).getByRole("img", { name: "Cấp độ 4" })).toBeVisible();
  await own.says(0.02);
  await expect(row(page, own.name)).toHaveCount(0);
  await page.getByText("Đã kết thúc", { exact: true }).click();
  await expect(row(page, own.name)).toContainText("Đã kết thúc");
});

test("shows the live values of a device, from its alert and from a search without accents", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  await own.says(0.4, 60);
  await page.goto("/");
  await row(page, own.name).click();
  await panel(page).getByRole("button", { name: own.id }).click();
  const device = page.getByRole("region", { name: "Thiết bị", exact: true });
  const depth = device.getByRole("status", { name: "Độ sâu ngập" });
  await expect(depth).toHaveText("0,4 m");
  await own.says(0.45);
  await expect(depth).toHaveText("0,45 m");
  expect(new URL(page.url()).searchParams.get("device")).toBe(own.id);
  await page.reload();
  await expect(depth).toHaveText("0,45 m");

  await page.keyboard.press("/");
  await page.keyboard.type("diem ngap mau 02");
  await page.getByRole("listbox", { name: "Kết quả" }).getByRole("option").filter({ hasText: "flood-gauge-002" }).first().click();
  await expect(device.getByRole("heading", { name: /^Điểm ngập mẫu 02/ })).toBeVisible();
  await expect(device.getByRole("status", { name: "Pin" })).toContainText("%");
  await own.says(0);
});

test("a simulated device lives: its time of measurement moves on", async ({ page }) => {
  await page.goto("/?device=flood-gauge-002");
  const time = page.getByRole("region", { name: "Giá trị hiện tại" }).getByRole("listitem").first().locator("time");
  const first = await time.getAttribute("datetime");
  await expect(time).not.toHaveAttribute("datetime", first ?? "");
});

test("speaks English when asked, remembers it, and comes back to Vietnamese", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  await own.says(0.4);
  await page.goto("/");
  await page.getByRole("button", { name: "EN, English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.getByRole("heading", { name: "Alerts", exact: true })).toBeVisible();
  await expect(page.getByRole("option").filter({ hasText: `Gauge ${own.id}` })).toContainText("Flood depth");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Alerts", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "VI, Tiếng Việt" }).click();
  await expect(row(page, own.name)).toContainText("Ngập sâu");
  await own.says(0);
});

test("has no accessibility faults, closed or open", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  await own.says(0.4);
  const faults = async () => (await new AxeBuilder({ page }).analyze()).violations;
  await page.goto("/");
  await expect(row(page, own.name)).toBeVisible();
  expect(await faults()).toEqual([]);
  await row(page, own.name).click();
  await expect(panel(page).getByRole("heading", { name: "Diễn biến" })).toBeVisible();
  expect(await faults()).toEqual([]);
  await page.keyboard.press("c");
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await faults()).toEqual([]);
  await page.keyboard.press("Escape");
  await panel(page).getByRole("button", { name: own.id }).click();
  await expect(page.getByRole("status", { name: "Độ sâu ngập" })).toBeVisible();
  expect(await faults()).toEqual([]);
  await own.says(0);
  await expect(list(page)).toBeVisible();
});
