// The room of security: the inventory is reviewed, a vulnerability changed, an action taken and undone, the use of the API seen.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";
import { type Made, made, signedIn } from "./people";
import { test } from "./signed";

const faults = async (page: Page) => (await new AxeBuilder({ page }).analyze()).violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(" ")}`);
const listed = (page: Page, name: string) => page.getByRole("listbox", { name, exact: true });
const tab = (page: Page, name: string) => page.getByRole("navigation", { name: "Các mặt của an ninh" }).getByRole("link", { name, exact: true });
const find = async (page: Page, words: string) => {
  await page.keyboard.press("f");
  await page.keyboard.type(words);
};
const officer = (admin: Page) => made(admin.request, [{ role: "security_officer" }]);
/** A vulnerability that nobody else's test knows: a part of the list of parts, and an advisory against it. */
async function flawed(page: Page): Promise<string> {
  const name = `e2e-${crypto.randomUUID().slice(0, 8)}`;
  const parts = await page.request.put("/api/v1/security/sbom", { data: { bomFormat: "CycloneDX", specVersion: "1.6", components: [{ type: "library", name, version: "1.0.0", purl: `pkg:cargo/${name}@1.0.0` }] } });
  expect(parts.status(), await parts.text()).toBe(200);
  const advisory = { id: `RUSTSEC-2026-${name.slice(-8)}`, summary: "Tràn bộ đệm khi đọc gói tin", affected: [{ package: { ecosystem: "crates.io", name }, ranges: [{ type: "SEMVER", events: [{ introduced: "0.0.0-0" }, { fixed: "1.0.1" }] }] }], severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] };
  const told = await page.request.post("/api/v1/security/advisories", { data: [advisory] });
  expect(told.status(), await told.text()).toBe(200);
  return name;
}

test("an officer reviews an object, accepts a vulnerability, and sees the own use of the API", async ({ page: admin, browser }) => {
  const who = await officer(admin);
  const page = await signedIn(browser, who);
  await page.keyboard.press("h");
  await expect(listed(page, "Kiểm kê").getByRole("option").first()).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await find(page, "nhat ky kiem toan");
  const store = listed(page, "Kiểm kê").getByRole("option").filter({ hasText: "Kho dữ liệu" });
  await store.click();
  await page.getByRole("region", { name: "Kho dữ liệu" }).getByRole("button", { name: "Rà soát", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Rà soát" }).click();
  await expect(dialog.getByText("Hãy chọn một kết luận.")).toBeVisible();
  await dialog.getByRole("radio", { name: "giữ nguyên" }).check();
  await dialog.getByLabel("Ghi chú").fill("đã xem");
  expect(await faults(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Rà soát" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(store).toContainText("rà soát");
  await expect(page.getByRole("region", { name: "Kho dữ liệu" })).toContainText(who.account);

  const part = await flawed(page);
  await tab(page, "Lỗ hổng").click();
  const line = listed(page, "Lỗ hổng").getByRole("option").filter({ hasText: part });
  await expect(line).toContainText("Nghiêm trọng");
  await expect(line).toContainText(/còn \d+ ngày/);
  await line.click();
  await page.getByRole("button", { name: "Đổi trạng thái" }).click();
  await dialog.getByRole("radio", { name: /chấp nhận rủi ro/ }).check();
  await dialog.getByLabel("Vì sao chấp nhận rủi ro").fill("thành phần này không chạy ở đây");
  const soon = new Date(Date.now() + 7 * 3_600_000 + 5 * 86_400_000).toISOString().slice(0, 16);
  await dialog.getByLabel(/^Chấp nhận đến lúc/).fill(soon);
  await dialog.getByRole("button", { name: "Lưu" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(line).toContainText("chấp nhận rủi ro");
  expect(await faults(page)).toEqual([]);

  await tab(page, "Mức dùng API").click();
  await expect(listed(page, "Mức dùng API").getByRole("option").first()).toBeVisible();
  await find(page, who.account);
  await expect(listed(page, "Mức dùng API").getByRole("option")).toHaveCount(1);
  await expect(listed(page, "Mức dùng API").getByRole("option")).toContainText("(của tôi)");
  await expect(listed(page, "Mức dùng API").getByRole("option")).toContainText(/lượt gọi/);
  expect(await faults(page)).toEqual([]);
  await page.context().close();
});

test("an account is blocked with a second press, and opened again", async ({ page: admin, browser }) => {
  const target = await made(admin.request, [{ role: "citizen" }]);
  const page = await signedIn(browser, await officer(admin));
  await page.goto("/security?view=actions");
  await expect(listed(page, "Biện pháp ứng phó")).toBeAttached();
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Biện pháp" }).selectOption({ label: "Khóa tài khoản" });
  await dialog.getByRole("button", { name: "Xem lại" }).click();
  await expect(dialog.getByText("Hãy nhập tên tài khoản.")).toBeVisible();
  await dialog.getByLabel("Tài khoản", { exact: true }).fill(target.account);
  await dialog.getByLabel("Lý do").fill("SOC-7: nghi lộ mật khẩu");
  expect(await faults(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Xem lại" }).click();
  await expect(dialog.getByText(`Khóa tài khoản: ${target.account}`)).toBeVisible();
  await dialog.getByRole("button", { name: "Xác nhận: Khóa tài khoản" }).click();
  await expect(dialog).toHaveCount(0);
  const line = listed(page, "Biện pháp ứng phó").getByRole("option").filter({ hasText: target.account });
  await expect(line).toContainText("đang có hiệu lực");
  const detail = page.getByRole("region", { name: "Biện pháp ứng phó" });
  await expect(detail).toContainText("SOC-7: nghi lộ mật khẩu");
  expect(await faults(page)).toEqual([]);
  await detail.getByRole("button", { name: "Gỡ biện pháp" }).click();
  await dialog.getByRole("button", { name: "Gỡ biện pháp" }).click();
  await expect(line).toContainText("đã gỡ");
  await expect(detail).toContainText("đã trở lại như trước");
  await page.context().close();
});

test("what the SOC tells is listed with what it concerns", async ({ page: admin, browser }) => {
  const page = await signedIn(browser, await officer(admin));
  const id = `SOC-${crypto.randomUUID().slice(0, 8)}`;
  expect((await page.request.post("/api/v1/security/incidents", { data: { id, severity: 2, title: { vi: `Mã độc ${id}` }, at: new Date().toISOString(), objects: [{ kind: "account", id: "truc-ban" }] } })).status()).toBe(201);
  await page.goto("/security?view=incidents");
  await listed(page, "Sự cố từ SOC").getByRole("option").filter({ hasText: id }).click();
  await expect(page.getByRole("region", { name: "Sự cố từ SOC" }).getByRole("link", { name: "truc-ban" })).toBeVisible();
  expect(await faults(page)).toEqual([]);
  expect((await page.request.post("/api/v1/security/incidents", { data: { id, severity: 2, title: { vi: `Mã độc ${id}` }, at: new Date().toISOString(), state: "closed" } })).status()).toBe(200);
  await page.context().close();
});

test("the emergency account waits for a second person, and says so", async ({ page: admin, browser }) => {
  const page = await signedIn(browser, await officer(admin));
  await page.goto("/security?view=emergency");
  await page.getByRole("button", { name: "Yêu cầu mở" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Chuyện gì đang xảy ra").fill("ngắn");
  await dialog.getByRole("button", { name: "Yêu cầu mở" }).click();
  await expect(dialog.getByText("Hãy viết từ 10 đến 500 ký tự.")).toBeVisible();
  // It is not sent: two tests that ask would open it.
  expect(await faults(page)).toEqual([]);
  await page.context().close();
});

test("who is no officer finds no way in, and is told why; administrators reach the emergency account by their own", async ({ page }) => {
  await page.goto("/security");
  await expect(page.getByRole("heading", { name: /Phòng “An ninh” không mở/ })).toBeVisible();
  await page.getByRole("button", { name: "Vì sao tôi không được?" }).click();
  await expect(page.getByRole("dialog").getByText(/cần một trong các vai trò/)).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Các phòng" }).getByRole("link", { name: "An ninh" })).toHaveCount(0);
  await page.goto("/account");
  await expect(page.getByRole("region", { name: "Tài khoản khẩn cấp" }).getByRole("button", { name: "Yêu cầu mở" })).toBeVisible();
});

test("each side of security fits a phone and has no accessibility faults", async ({ page: admin, browser }) => {
  const who: Made = await officer(admin);
  const page = await signedIn(browser, who, { width: 390, height: 844 });
  for (const view of ["", "?view=vulnerabilities", "?view=actions", "?view=incidents", "?view=usage", "?view=emergency"]) {
    await page.goto(`/security${view}`);
    await expect(page.getByRole("main").getByRole("heading").first()).toBeVisible();
    await expect(page.getByText("Đang tải…")).toHaveCount(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect([view, await faults(page)]).toEqual([view, []]);
  }
  await page.context().close();
});
