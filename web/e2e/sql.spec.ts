// The workbench: a query, its answer as table, picture and file, and a fault at its place.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { test } from "./signed";

test.beforeEach(async ({ page }) => {
  await page.goto("/sql");
});

test("answers a query as a table, a picture and a file, and says how fresh it is", async ({ page }) => {
  await page.getByLabel("Câu hỏi SQL").fill("SELECT 1 AS a, 2 AS b UNION ALL SELECT 2, 5 ORDER BY a");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText(/2 dòng · \d+ ms · dữ liệu đủ đến/)).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(3);
  expect(new URL(page.url()).searchParams.get("q")).toContain("UNION ALL");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole("columnheader", { name: "b" }).getByRole("button").click();
  await page.getByRole("columnheader", { name: /b/ }).getByRole("button").click();
  await expect(page.getByRole("row").nth(1).getByRole("cell").nth(1)).toHaveText("5");
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Xuất CSV" }).click();
  expect((await file).suggestedFilename()).toBe("ket-qua.csv");
  await page.getByRole("button", { name: "Biểu đồ", exact: true }).click();
  await expect(page.getByRole("slider", { name: "Biểu đồ" })).toHaveAttribute("aria-valuetext", "2: b 5");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.reload();
  await expect(page.getByRole("slider", { name: "Biểu đồ" })).toBeVisible();
});

test("marks the line and column of a fault", async ({ page }) => {
  await page.getByLabel("Câu hỏi SQL").fill("SELECT *\nFORM observations");
  await page.getByRole("button", { name: "Chạy" }).click();
  await expect(page.getByRole("alert")).toContainText(/^Dòng 2, cột \d+:/);
  await expect(page.getByLabel("Câu hỏi SQL")).toHaveAttribute("aria-invalid", "true");
});

test("lists the tables, and shows the first rows of one", async ({ page }) => {
  const table = page.getByRole("navigation", { name: "Các bảng" }).locator("details").first();
  await table.locator("summary").click();
  await table.getByRole("button", { name: "Xem 100 dòng" }).click();
  await expect(page.getByText(/\d+ dòng.* · \d+ ms/)).toBeVisible();
});
