// The door: refusals in words, two languages.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { enter } from "./signed";

test("a wrong password is refused in words", async ({ page }) => {
  await page.goto("/");
  // An account of its own, so that no real one is slowed down by wrong tries.
  await enter(page, "không phải mật khẩu này", "khong-co-tai-khoan-nay");
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
