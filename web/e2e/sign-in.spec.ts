// The door: refusals in words, two languages.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { enter, list } from "./signed";

test("a wrong password is refused in words", async ({ page }) => {
  await page.goto("/");
  // An account of its own, so that no real one is slowed down by wrong tries.
  await enter(page, "khong-co-tai-khoan-nay", "không phải mật khẩu này");
  await expect(page.getByRole("alert")).toContainText("Sai tài khoản hoặc mật khẩu");
  await expect(page.getByRole("listbox")).toHaveCount(0);
});

test("empty fields are named before the server is asked", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Đăng nhập" }).click();
  await expect(page.getByText("Hãy nhập tài khoản.")).toBeVisible();
  await expect(page.getByText("Hãy nhập mật khẩu.")).toBeVisible();
});

test("the door speaks English too, and has no accessibility faults", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "EN, English" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test("the right password opens the page, and signing out closes it", async ({ page }) => {
  await page.goto("/");
  await enter(page, process.env.HANOI_IOC_ACCOUNT ?? "truc-ban", process.env.HANOI_IOC_PASSWORD ?? "");
  await expect(list(page)).toBeVisible();
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await expect(page.getByRole("heading", { name: "Đăng nhập" })).toBeVisible();
  expect((await page.request.get("/api/v1/alerts")).status()).toBe(401);
});
