// The room of the auditors: the trail is searched, a record is opened with its proof, the checkpoint is shown.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";
import { made, signedIn } from "./people";
import { test } from "./signed";

const faults = async (page: Page) => (await new AxeBuilder({ page }).analyze()).violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(" ")}`);
const listed = (page: Page) => page.getByRole("listbox", { name: "Bản ghi kiểm toán" });

test("an auditor finds what an account did, newest first, with a proof that fits", async ({ page: admin, browser }) => {
  const { account } = (await (await admin.request.get("/api/v1/session")).json()) as { account: string };
  const mark = `dau-vet-${crypto.randomUUID().slice(0, 8)}`;
  await admin.request.get(`/api/v1/devices/${mark}`);
  const page = await signedIn(browser, await made(admin.request, [{ role: "auditor" }]));
  await page.keyboard.press("u");
  await expect(listed(page).getByRole("option").first()).toBeVisible();
  await page.keyboard.press("f");
  await page.keyboard.type(account);
  await page.getByRole("searchbox", { name: "Trên đối tượng nào" }).fill(mark);
  await page.keyboard.press("Enter");
  await expect(listed(page).getByRole("option")).toHaveCount(1);
  await expect(listed(page).getByRole("option")).toContainText("GET /api/v1/devices/{id}");
  await expect(listed(page).getByRole("option")).toContainText(account);
  await expect.poll(() => new URL(page.url()).searchParams.get("target")).toBe(mark);
  await listed(page).getByRole("option").click();
  const record = page.getByRole("region", { name: /^Bản ghi [\d.]+$/ });
  await expect(record.getByText("Mã HTTP")).toBeVisible();
  // What is younger than the checkpoint is in the next one.
  await expect(async () => {
    await record.getByRole("button", { name: "Thử lại" }).click({ timeout: 500 }).catch(() => {});
    await expect(record.getByText(/^✓ Khớp/)).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(record.getByRole("region", { name: "Toàn bộ nội dung trong nhật ký" })).toContainText(mark);
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Điểm chốt mới nhất" }).click();
  await expect(page.getByRole("region", { name: "Điểm chốt mới nhất" }).getByText("Gốc cây")).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.context().close();
});

test("who is no auditor finds no way in, and is told why", async ({ page }) => {
  await page.goto("/audit");
  await expect(page.getByRole("heading", { name: /Phòng “Nhật ký kiểm toán” không mở/ })).toBeVisible();
  await page.getByRole("button", { name: "Vì sao tôi không được?" }).click();
  await expect(page.getByRole("dialog").getByText(/cần một trong các vai trò/)).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Các phòng" }).getByRole("link", { name: "Nhật ký kiểm toán" })).toHaveCount(0);
});

test("the trail fits a phone", async ({ page: admin, browser }) => {
  const page = await signedIn(browser, await made(admin.request, [{ role: "auditor" }]), { width: 390, height: 844 });
  await page.goto("/audit");
  await expect(listed(page).getByRole("option").first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await faults(page)).toEqual([]);
  await listed(page).getByRole("option").first().click();
  await expect(page.getByRole("region", { name: /^Bản ghi / })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.context().close();
});
