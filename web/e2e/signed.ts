// A page that is signed in, and what most tests look for on it.
import { type Page, test as plain, expect } from "@playwright/test";

const account = process.env.HANOI_IOC_ACCOUNT ?? "truc-ban";
const password = process.env.HANOI_IOC_PASSWORD ?? "";

type State = Awaited<ReturnType<ReturnType<Page["context"]>["storageState"]>>;

/** Fills in the form of the door and sends it. */
export async function enter(page: Page, as: string, secret: string): Promise<void> {
  await page.getByRole("textbox", { name: "Tài khoản", exact: true }).fill(as);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Đăng nhập" }).click();
}

/** The list of alerts, and its row about a device. */
export const list = (page: Page) => page.getByRole("listbox", { name: "Danh sách cảnh báo" });
export const row = (page: Page, about: string) => list(page).getByRole("option").filter({ hasText: about });
/** The panel of the open alert. */
export const panel = (page: Page) => page.getByRole("region", { name: "Chi tiết cảnh báo" });

/** Tests with a signed-in page; one sign-in serves them all. */
export const test = plain.extend<object, { state: State }>({
  state: [
    async ({ browser }, use) => {
      const context = await browser.newContext({ locale: "vi-VN", ignoreHTTPSErrors: true, baseURL: process.env.HANOI_IOC_URL ?? "http://127.0.0.1:8080" });
      const page = await context.newPage();
      await page.goto("/");
      await enter(page, account, password);
      await expect(list(page)).toBeVisible();
      await use(await context.storageState());
      await context.close();
    },
    { scope: "worker" },
  ],
  storageState: ({ state }, use) => use(state),
});
