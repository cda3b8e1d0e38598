// A server that is new, and that goes away and comes back.
import { expect, test } from "@playwright/test";
import { type OwnServer, ownServer } from "./server";
import { enter, list } from "./signed";

let own: OwnServer;

test.beforeEach(async () => {
  own = await ownServer();
});
test.afterEach(() => own.remove());

test("the first password must be changed; then a stopped server is said loudly, and its return is noticed", async ({ page }) => {
  await page.goto(own.url);
  await enter(page, own.account, own.password);
  await expect(page.getByRole("heading", { name: "Đổi mật khẩu lần đầu" })).toBeVisible();
  const changed = "một câu dễ nhớ mà dài";
  const change = async (again: string) => {
    await page.getByLabel("Mật khẩu đang dùng").fill(own.password);
    await page.getByLabel("Mật khẩu mới", { exact: true }).fill(changed);
    await page.getByLabel("Nhập lại mật khẩu mới").fill(again);
    await page.getByRole("button", { name: "Đổi mật khẩu" }).click();
  };
  await change("một câu khác");
  await expect(page.getByText("Hai lần nhập không giống nhau.")).toBeVisible();
  await change(changed);
  await expect(list(page)).toBeVisible();
  await expect(page.getByText("Không có cảnh báo nào đang mở.")).toBeVisible();

  await own.stop();
  await expect(page.getByRole("alert").filter({ hasText: "MẤT KẾT NỐI" })).toBeVisible();
  await expect(page.getByRole("timer", { name: "Thời gian mất kết nối" })).toContainText(/\d+:\d\d/);
  await own.start();
  await expect(page.getByText("MẤT KẾT NỐI")).toHaveCount(0);
  await expect(list(page)).toBeVisible();
  await expect(page.getByTestId("freshness").first()).toContainText("cập nhật");
});
