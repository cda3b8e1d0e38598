// One's own account: the second factor at the door, posts, sessions, API tokens.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";
import { anonymous, made, signedIn } from "./people";
import { enter, list, test } from "./signed";
import { codeOf } from "./totp";

const faults = async (page: Page) => (await new AxeBuilder({ page }).analyze()).violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(" ")}`);
const rail = (page: Page) => page.getByRole("navigation", { name: "Các phòng" });

test("a second factor is set up, asked for at the next sign-in, and taken away", async ({ page: admin, browser }) => {
  const who = await made(admin.request, [{ role: "duty_officer" }]);
  const page = await signedIn(browser, who);
  await page.getByRole("link", { name: /mở tài khoản của tôi/ }).click();
  const factor = page.getByRole("region", { name: "Yếu tố xác thực thứ hai" });
  // An open session alone sets up nothing.
  await factor.getByLabel("Nhập lại mật khẩu").fill("không phải mật khẩu này");
  await factor.getByRole("button", { name: "Bắt đầu thiết lập" }).click();
  await expect(factor.getByRole("alert")).toContainText("Mật khẩu không đúng");
  await factor.getByLabel("Nhập lại mật khẩu").fill(who.password);
  await factor.getByRole("button", { name: "Bắt đầu thiết lập" }).click();
  const secret = (await factor.locator(".secret code").first().innerText()).replace(/\s+/g, "");
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(await faults(page)).toEqual([]);
  await factor.getByLabel("Mã 6 số trong ứng dụng").fill("000000");
  await factor.getByRole("button", { name: "Xác nhận" }).click();
  await expect(factor.getByRole("alert")).toContainText("Mã không khớp");
  await factor.getByLabel("Mã 6 số trong ứng dụng").fill(codeOf(secret));
  await factor.getByRole("button", { name: "Xác nhận" }).click();
  const spare = factor.getByRole("list", { name: "Mã dự phòng" }).getByRole("listitem");
  await expect(spare).toHaveCount(10);
  const codes = await spare.allInnerTexts();
  await factor.getByRole("button", { name: "Tôi đã cất các mã" }).click();
  await expect(factor.getByText("Đang bật")).toBeVisible();

  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await enter(page, who.account, who.password);
  await expect(page.getByRole("heading", { name: "Mã xác thực" })).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.getByRole("button", { name: "Đăng nhập" }).click();
  await expect(page.getByText("Hãy nhập mã.")).toBeVisible();
  await page.getByLabel("Mã 6 số hoặc mã dự phòng").fill(codes[0] ?? "");
  await page.getByRole("button", { name: "Đăng nhập" }).click();
  // The same page as before, with one code less.
  await factor.getByRole("button", { name: "Gỡ yếu tố thứ hai" }).click();
  const dialog = page.getByRole("dialog", { name: "Gỡ yếu tố thứ hai" });
  await dialog.getByLabel("Mã 6 số hoặc mã dự phòng").fill(codes[1] ?? "");
  await dialog.getByRole("button", { name: "Gỡ yếu tố thứ hai" }).click();
  await expect(factor.getByRole("button", { name: "Bắt đầu thiết lập" })).toBeVisible();
  await page.context().close();
});

test("who has several posts chooses one at the door, changes over later, and sees what that post may", async ({ page: admin, browser }) => {
  const who = await made(admin.request, [{ role: "duty_officer" }, { role: "auditor", area: "00070" }]);
  const page = await signedIn(browser, who);
  await expect(page.getByRole("heading", { name: "Chọn vị trí công tác" })).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.getByRole("button", { name: /Kiểm toán/ }).click();
  // An auditor has no alerts: the page begins in the first room that is open.
  await expect(page.getByRole("heading", { name: "Máy chủ" })).toBeVisible();
  await expect(rail(page).getByRole("link", { name: "Nhật ký kiểm toán" })).toBeVisible();
  await expect(rail(page).getByRole("link", { name: "Sự cố" })).toHaveCount(0);
  // Without the stream of facts the page still knows that the server is there.
  await page.waitForResponse((answer) => answer.url().endsWith("/healthz") && answer.ok());
  await expect(page.getByText("MẤT KẾT NỐI")).toHaveCount(0);

  await page.goto("/incidents");
  await expect(page.getByRole("heading", { name: /Phòng “Sự cố” không mở/ })).toBeVisible();
  await page.getByRole("button", { name: "Vì sao tôi không được?" }).click();
  const why = page.getByRole("dialog", { name: "Vì sao tôi không được?" });
  await expect(why.getByText(/Không được phép xem sự cố/)).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await why.getByRole("button", { name: /Chuyển sang Trực ban/ }).click();
  await expect(page.getByRole("heading", { name: "Sự cố", exact: true }).first()).toBeVisible();
  await expect(rail(page).getByRole("link", { name: "Nhật ký kiểm toán" })).toHaveCount(0);
  await page.context().close();
});

test("sessions and API tokens of one's own are shown and ended; a token is shown once", async ({ page: admin, browser }) => {
  const who = await made(admin.request, [{ role: "duty_officer" }]);
  const page = await signedIn(browser, who);
  await page.goto("/account");
  await page.getByRole("button", { name: "Tạo mã API" }).click();
  const dialog = page.getByRole("dialog", { name: "Tạo mã API" });
  await dialog.getByRole("button", { name: "Tạo mã API" }).click();
  await expect(dialog.getByText("Hãy chọn ít nhất một việc.")).toBeVisible();
  await dialog.getByLabel("Dùng để làm gì").fill("Báo cáo ngày");
  await dialog.getByRole("checkbox", { name: /xem cảnh báo/ }).check();
  expect(await faults(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Tạo mã API" }).click();
  const shown = page.getByRole("dialog", { name: "Mã API mới" });
  const secret = (await shown.locator(".once-lines code").innerText()).trim();
  expect(secret).toMatch(/^hioc_/);
  const asks = (path: string) => admin.request.get(path, { headers: { authorization: `Bearer ${secret}` } });
  expect((await asks("/api/v1/alerts")).status()).toBe(200);
  expect((await asks("/api/v1/incidents")).status()).toBe(403);
  await shown.getByRole("button", { name: /đóng/ }).click();
  await expect(page.getByText(secret)).toHaveCount(0);

  const other = await anonymous(browser);
  const second = await other.newPage();
  await second.goto("/");
  await enter(second, who.account, who.password);
  await expect(list(second)).toBeVisible();
  await page.reload();
  await page.getByRole("button", { name: /^Kết thúc phiên từ/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Kết thúc phiên" }).click();
  await expect(second.getByRole("heading", { name: "Đăng nhập" })).toBeVisible();
  await page.getByRole("button", { name: "Hủy mã Báo cáo ngày" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Hủy mã" }).click();
  await expect(page.getByText("Chưa có mã nào.")).toBeVisible();
  expect((await asks("/api/v1/alerts")).status()).toBe(401);
  await other.close();
  await page.context().close();
});
