// Accounts of a test's own, made through the API, with the first password changed.
import { type APIRequestContext, type Browser, type Page, expect } from "@playwright/test";
import { enter } from "./signed";

export interface Made {
  account: string;
  password: string;
}

/** Makes an account with these rights; the password is not changed yet. */
export async function made(request: APIRequestContext, rights: readonly object[]): Promise<Made> {
  const account = `e2e-${Date.now().toString(36)}-${crypto.randomUUID().slice(0, 6)}`;
  const answer = await request.post("/api/v1/people", { data: { account, kind: "person", clearance: "restricted", rights } });
  expect(answer.status(), await answer.text()).toBe(201);
  return { account, password: ((await answer.json()) as { password: string }).password };
}

/** A browser in which nobody is signed in: a new context would take over the cookie of the tests' own page. */
export const anonymous = (browser: Browser, viewport = { width: 1920, height: 1080 }) => browser.newContext({ viewport, storageState: { cookies: [], origins: [] } });

/** A page on which that account is signed in, past the first password. */
export async function signedIn(browser: Browser, who: Made, viewport = { width: 1920, height: 1080 }): Promise<Page> {
  const context = await anonymous(browser, viewport);
  const page = await context.newPage();
  await page.goto("/");
  await enter(page, who.account, who.password);
  await change(page, who);
  return page;
}

/** Changes the first password, and remembers the new one. */
export async function change(page: Page, who: Made): Promise<void> {
  await expect(page.getByRole("heading", { name: "Đổi mật khẩu lần đầu" })).toBeVisible();
  const fresh = `một câu dễ nhớ mà dài ${crypto.randomUUID().slice(0, 4)}`;
  await page.getByLabel("Mật khẩu đang dùng").fill(who.password);
  await page.getByLabel("Mật khẩu mới", { exact: true }).fill(fresh);
  await page.getByLabel("Nhập lại mật khẩu mới").fill(fresh);
  await page.getByRole("button", { name: "Đổi mật khẩu" }).click();
  await expect(page.getByRole("heading", { name: "Đổi mật khẩu lần đầu" })).toHaveCount(0);
  who.password = fresh;
}
