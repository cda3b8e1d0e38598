// A page that is signed in. The first password is changed once if the server asks for it.
import { type Page, test as plain, expect } from "@playwright/test";

const account = process.env.HANOI_IOC_ACCOUNT ?? "admin";
const first = process.env.HANOI_IOC_PASSWORD ?? "";
/** What a first password is changed to. */
const changed = process.env.HANOI_IOC_NEW_PASSWORD ?? `${first}-2026`;

type State = Awaited<ReturnType<ReturnType<Page["context"]>["storageState"]>>;

export async function enter(page: Page, password: string, as = account): Promise<void> {
  await page.getByLabel("Tài khoản").fill(as);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Đăng nhập" }).click();
}

async function signIn(page: Page): Promise<void> {
  await page.goto("/");
  const list = page.getByRole("listbox", { name: "Danh sách cảnh báo" });
  const change = page.getByRole("heading", { name: "Đổi mật khẩu lần đầu" });
  const refused = page.getByRole("alert");
  await enter(page, first);
  await expect(list.or(change).or(refused).first()).toBeVisible();
  if (await refused.isVisible()) {
    await enter(page, changed);
  } else if (await change.isVisible()) {
    await page.getByLabel("Mật khẩu đang dùng").fill(first);
    await page.getByLabel("Mật khẩu mới", { exact: true }).fill(changed);
    await page.getByLabel("Nhập lại mật khẩu mới").fill(changed);
    await page.getByRole("button", { name: "Đổi mật khẩu" }).click();
  }
  await expect(list).toBeVisible();
}

/** Tests with a signed-in page; one sign-in serves them all. */
export const test = plain.extend<object, { state: State }>({
  state: [
    async ({ browser }, use) => {
      const context = await browser.newContext({ locale: "vi-VN", ignoreHTTPSErrors: true, baseURL: process.env.HANOI_IOC_URL ?? "http://127.0.0.1:8080" });
      await signIn(await context.newPage());
      await use(await context.storageState());
      await context.close();
    },
    { scope: "worker" },
  ],
  storageState: ({ state }, use) => use(state),
});

/** The rows of the alert list that nobody has acknowledged. */
export const untouched = (page: Page) => page.getByRole("listbox", { name: "Danh sách cảnh báo" }).getByRole("option").filter({ hasText: "Chưa ai nhận" });
