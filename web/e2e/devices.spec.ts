// The rooms of the devices: the list that one narrows, and the page of one.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";
import { gauge } from "./gauge";
import { test } from "./signed";

const listed = (page: Page) => page.getByRole("listbox", { name: "Danh sách thiết bị" });

test("the list is narrowed by words without accents, kind and ward, stands in the address, and opens by keyboard", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  await page.goto("/devices");
  await expect(listed(page).getByRole("option").first()).toBeVisible();
  await page.keyboard.press("f");
  await page.keyboard.type(`diem ngap thu ${own.id}`);
  await expect(listed(page).getByRole("option")).toHaveCount(1);
  await expect(listed(page).getByRole("option")).toContainText("Đang liên lạc");
  await page.getByRole("combobox", { name: "Loại" }).selectOption("flood-gauge");
  await page.getByRole("combobox", { name: "Địa bàn" }).selectOption("00070");
  await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ profile: "flood-gauge", area: "00070", q: `diem ngap thu ${own.id}` });
  await page.reload();
  await expect(listed(page).getByRole("option")).toHaveCount(1);
  await page.getByRole("combobox", { name: "Loại" }).selectOption("");
  await page.getByRole("button", { name: /^Bị khóa/ }).click();
  await expect(page.getByText("Không có thiết bị nào như vậy.")).toBeVisible();
  await page.getByRole("button", { name: /^Bị khóa/ }).click();
  await page.getByRole("heading", { name: "Thiết bị", exact: true }).click();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect.poll(() => new URL(page.url()).pathname).toBe(`/devices/${own.id}`);
  await expect(page.getByRole("heading", { name: own.name })).toBeVisible();
});

test("a device that was never heard is said to be so", async ({ page }) => {
  const id = `e2e-never-${Date.now().toString(36)}`;
  const made = await page.request.post("/api/v1/devices", { data: { id, profile: "flood-gauge", org: "so-xay-dung", title: { vi: `Điểm câm ${id}`, en: id }, areas: ["00070"], place: null } });
  expect(made.status(), await made.text()).toBe(201);
  await page.goto(`/devices?q=${id}`);
  await expect(listed(page).getByRole("option")).toContainText("Chưa từng liên lạc");
});

test("the page of a device shows its live values and the way they went, and has no accessibility faults", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  await own.says(0.11, 60);
  await page.goto(`/devices/${own.id}?range=1h`);
  const depth = page.getByRole("status", { name: "Độ sâu ngập" });
  await expect(depth).toHaveText("0,11 m");
  await own.says(0.12);
  await expect(depth).toHaveText("0,12 m");
  const chart = page.getByRole("slider", { name: /Biểu đồ Độ sâu ngập/ });
  await expect(chart).toHaveAttribute("aria-valuetext", /0,1[12] m/);
  await chart.focus();
  await page.keyboard.press("Home");
  await expect(chart).toHaveAttribute("aria-valuenow", "0");
  await page.keyboard.press("ArrowRight");
  await expect(chart).toHaveAttribute("aria-valuenow", "1");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole("heading", { name: own.name }).click();
  await page.keyboard.press("Escape");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/devices");
});

test("a pump is told to run only after a second press, and what became of it stands there with a name", async ({ page }) => {
  await page.goto("/devices/pump-001");
  const commands = page.getByRole("region", { name: "Lệnh" });
  await commands.getByRole("button", { name: "Bật bơm" }).click();
  const dialog = page.getByRole("dialog", { name: "Bật bơm: chắc chắn?" });
  await expect(dialog).toContainText("hết hạn sau 30 giây");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await dialog.getByRole("button", { name: "Bật bơm" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const line = commands.getByRole("listitem").first();
  await expect(line).toContainText("truc-ban");
  await expect(line).toContainText(/đã thực hiện|bị từ chối|hết hạn|thất bại/, { timeout: 60_000 });
});
