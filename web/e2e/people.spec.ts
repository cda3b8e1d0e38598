// The room of people and rights: finding, making, giving and withdrawing, and what nobody does to oneself.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";
import { made, signedIn } from "./people";
import { list, test } from "./signed";

const faults = async (page: Page) => (await new AxeBuilder({ page }).analyze()).violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(" ")}`);
const listed = (page: Page) => page.getByRole("listbox", { name: "Người dùng" });
const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });

test("an account is made with a right, found without accents, and its first password shown once", async ({ page }) => {
  const account = `e2e-${Date.now().toString(36)}`;
  await page.goto("/people");
  await expect(listed(page).getByRole("option").first()).toBeVisible();
  await page.keyboard.press("n");
  const form = dialog(page, "Tạo tài khoản");
  await form.getByRole("button", { name: "Tạo tài khoản" }).click();
  await expect(form.getByText(/Tên chưa đúng/)).toBeVisible();
  await form.getByLabel("Tên tài khoản").fill(account);
  await form.getByLabel("Vai trò").selectOption("ward_officer");
  await form.getByLabel("Địa bàn").selectOption("00070");
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("Control+Enter");
  const shown = dialog(page, "Tài khoản mới");
  await expect(shown.locator(".once-lines code")).toHaveText(/\S{12,}/);
  await shown.getByRole("button", { name: /đóng/ }).click();
  await expect.poll(() => new URL(page.url()).pathname).toBe(`/people/${account}/rights`);
  await expect(page.getByRole("list", { name: "Quyền được giao" }).getByRole("listitem")).toContainText("Phường Hoàn Kiếm");
  expect(await faults(page)).toEqual([]);

  await page.keyboard.press("Escape");
  await expect(listed(page)).toBeVisible();
  await page.keyboard.press("f");
  await page.keyboard.type(`${account} chuyen vien hoan kiem`);
  await expect(listed(page).getByRole("option")).toHaveCount(1);
  await expect(listed(page).getByRole("option")).toContainText("chưa đổi mật khẩu đầu");
});

test("a right is given and withdrawn while the person works, and acts on the open page at once", async ({ page, browser }) => {
  const who = await made(page.request, [{ role: "duty_officer" }]);
  const theirs = await signedIn(browser, who);
  await expect(list(theirs)).toBeVisible();
  await page.goto(`/people/${who.account}/rights`);
  await page.getByRole("button", { name: "Cấp quyền" }).click();
  const give = dialog(page, "Cấp quyền");
  await give.getByRole("button", { name: "Cấp quyền" }).click();
  await expect(give.getByText("Hãy chọn một vai trò.")).toBeVisible();
  await give.getByLabel("Vai trò").selectOption("ward_leader");
  await give.getByLabel("Địa bàn").selectOption("00070");
  await give.getByLabel(/^Đến lúc/).fill("2020-01-01T00:00");
  await give.getByRole("button", { name: "Cấp quyền" }).click();
  await expect(give.getByText("Hãy chọn một thời điểm trong tương lai, hoặc để trống.")).toBeVisible();
  await give.getByLabel(/^Đến lúc/).fill("");
  await give.getByRole("button", { name: "Cấp quyền" }).click();
  const rights = page.getByRole("list", { name: "Quyền được giao" }).getByRole("listitem");
  await expect(rights).toHaveCount(2);
  await rights.filter({ hasText: "Trực ban" }).getByRole("button").click();
  await dialog(page, "Thu hồi quyền").getByRole("button", { name: "Thu hồi quyền" }).click();
  await expect(rights).toHaveCount(1);
  // The other page notices: it is in the ward now, and may not open the workbench.
  await expect(theirs.getByRole("link", { name: /Phường Hoàn Kiếm: mở tài khoản của tôi/ })).toBeVisible({ timeout: 60_000 });
  await expect(theirs.getByRole("link", { name: "Hỏi dữ liệu" })).toHaveCount(0);
  await theirs.context().close();
});

test("nobody changes oneself, and it is said", async ({ page }) => {
  const { account } = (await (await page.request.get("/api/v1/session")).json()) as { account: string };
  await page.goto(`/people/${account}/rights`);
  await expect(page.getByText(/Không ai tự sửa tài khoản/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Cấp quyền" })).toHaveCount(0);
  const answer = await page.request.post(`/api/v1/people/${account}/rights`, { data: { role: "auditor" } });
  expect(answer.status()).toBe(403);
});

test("an account is ended with its sessions and opened again, and gets a new password", async ({ page, browser }) => {
  const who = await made(page.request, [{ role: "duty_officer" }]);
  const theirs = await signedIn(browser, who);
  await page.goto(`/people/${who.account}/rights`);
  await page.getByRole("button", { name: "Kết thúc tài khoản" }).click();
  await dialog(page, "Kết thúc tài khoản").getByRole("button", { name: "Kết thúc tài khoản" }).click();
  await expect(page.locator(".person-head .state")).toHaveText("đã kết thúc");
  await expect(theirs.getByRole("heading", { name: "Đăng nhập" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Cấp lại mật khẩu" })).toHaveAccessibleDescription(/hãy mở lại trước/);
  await page.getByRole("button", { name: "Mở lại tài khoản" }).click();
  await dialog(page, "Mở lại tài khoản").getByRole("button", { name: "Mở lại tài khoản" }).click();
  await page.getByRole("button", { name: "Cấp lại mật khẩu" }).click();
  await dialog(page, "Cấp lại mật khẩu").getByRole("button", { name: "Cấp lại mật khẩu" }).click();
  await expect(page.locator(".once-lines code")).toHaveText(/\S{12,}/);
  await theirs.context().close();
});

test("roles say what they permit, the review what has to be looked at, and both as files", async ({ page }) => {
  await page.goto("/people?view=roles");
  const roles = page.getByRole("region", { name: "Vai trò" }).locator(".roles > li");
  await expect(roles.first()).toBeVisible();
  await page.keyboard.press("f");
  await page.keyboard.type("ket thuc canh bao");
  await expect(roles.filter({ hasText: "Trực ban, điều hành viên" })).toContainText("alert.clear");
  await expect(roles.filter({ hasText: "Chuyên viên phường, xã" })).not.toContainText("alert.clear");
  expect(await faults(page)).toEqual([]);
  await page.getByRole("link", { name: "Rà soát quyền" }).click();
  const lines = page.getByRole("list", { name: "Rà soát quyền" }).locator("> li");
  await expect(lines.first()).toBeVisible();
  await page.getByRole("button", { name: /^không có hạn/ }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("finding")).toBe("endless");
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Xuất CSV phần đang lọc" }).click();
  expect((await file).suggestedFilename()).toBe("ra-soat-quyen.csv");
  const whole = await page.request.get("/api/v1/access/review.csv");
  expect([whole.status(), await whole.text()]).toEqual([200, expect.stringMatching(/^account,actor,state/)]);
  expect(await faults(page)).toEqual([]);
});
