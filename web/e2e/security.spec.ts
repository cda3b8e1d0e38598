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
/** A part that nobody else's test knows, and an advisory against it. */
const fresh = () => `e2e-${crypto.randomUUID().slice(0, 8)}`;
const partsOf = (name: string) => ({ bomFormat: "CycloneDX", specVersion: "1.6", components: [{ type: "library", name, version: "1.0.0", purl: `pkg:cargo/${name}@1.0.0` }, { type: "library", name: "other", version: "1", purl: "pkg:generic/other@1" }] });
const advisoryOf = (name: string) => ({ id: `RUSTSEC-2026-${name.slice(-8)}`, summary: "Tràn bộ đệm khi đọc gói tin", affected: [{ package: { ecosystem: "crates.io", name }, ranges: [{ type: "SEMVER", events: [{ introduced: "0.0.0-0" }, { fixed: "1.0.1" }] }] }], severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] });
async function flawed(page: Page): Promise<string> {
  const name = fresh();
  const parts = await page.request.put("/api/v1/security/sbom", { data: partsOf(name) });
  expect(parts.status(), await parts.text()).toBe(200);
  const told = await page.request.post("/api/v1/security/advisories", { data: [advisoryOf(name)] });
  expect(told.status(), await told.text()).toBe(200);
  return name;
}
const fileOf = (name: string, content: unknown) => ({ name, mimeType: "application/json", buffer: Buffer.from(typeof content === "string" ? content : JSON.stringify(content)) });

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

test("files of parts and advisories are taken in, and what came of them is said", async ({ page: admin, browser }) => {
  const page = await signedIn(browser, await officer(admin));
  const name = fresh();
  await page.goto("/security?view=vulnerabilities");
  await expect(listed(page, "Lỗ hổng")).toBeAttached();
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "Nạp SBOM hoặc khuyến cáo" });
  await dialog.getByRole("button", { name: "Nạp SBOM hoặc khuyến cáo" }).click();
  await expect(dialog.getByText("Hãy chọn một tệp.")).toBeVisible();
  const file = dialog.getByLabel("Tệp JSON, không quá 32 MiB");
  for (const [content, fault] of [["{", "Tệp không phải JSON đọc được."], [{ spdxVersion: "SPDX-2.3" }, "Tệp không phải danh mục CycloneDX, cũng không phải khuyến cáo OSV."]] as const) {
    await file.setInputFiles(fileOf("khong-dung.json", content));
    await expect(dialog.getByText(fault)).toBeVisible();
  }
  expect(await faults(page)).toEqual([]);
  await file.setInputFiles(fileOf("sbom.json", partsOf(name)));
  await expect(dialog.getByRole("status")).toContainText("Danh mục thành phần (CycloneDX)");
  await dialog.getByRole("button", { name: "Nạp SBOM", exact: true }).click();
  const outcome = page.getByRole("dialog", { name: "Kết quả nạp" });
  const count = (what: string | RegExp) => outcome.locator("dl > div").filter({ hasText: what }).locator("dd");
  await expect(count("Đã nhận")).toHaveText("1");
  await expect(count("Bỏ qua")).toHaveText("1");
  expect(await faults(page)).toEqual([]);
  await outcome.getByRole("button", { name: "Nạp tệp khác" }).click();
  await file.setInputFiles(fileOf("khuyen-cao.json", [advisoryOf(name)]));
  await dialog.getByRole("button", { name: "Nạp khuyến cáo" }).click();
  await expect(count("Lỗ hổng mới hoặc mở lại")).toHaveText("1");
  await outcome.getByRole("button", { name: "Đã xem" }).click();
  const line = listed(page, "Lỗ hổng").getByRole("option").filter({ hasText: name });
  await expect(line).toContainText("chưa khắc phục");
  // A list of the form but of a version that the server does not know: its own words come with it.
  await page.keyboard.press("n");
  await file.setInputFiles(fileOf("sbom.json", { ...partsOf(name), specVersion: "0.9" }));
  await dialog.getByRole("button", { name: "Nạp SBOM", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("Nội dung chưa hợp lệ.");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await page.context().close();
});

test("whoever answers for a vulnerability is set and found; what another officer has just decided is not covered", async ({ page: admin, browser }) => {
  const page = await signedIn(browser, await officer(admin));
  const name = await flawed(page);
  await page.goto("/security?view=vulnerabilities");
  const list = listed(page, "Lỗ hổng");
  const line = list.getByRole("option").filter({ hasText: name });
  await line.click();
  const change = page.getByRole("button", { name: "Đổi trạng thái" });
  const dialog = page.getByRole("dialog");
  await change.click();
  await dialog.getByLabel("Cơ quan phụ trách").selectOption({ label: "Sở Xây dựng" });
  await dialog.getByRole("button", { name: "Lưu" }).click();
  await expect(line).toContainText("Sở Xây dựng");
  await page.getByRole("main").getByRole("combobox", { name: "Cơ quan phụ trách" }).selectOption({ label: "Sở Xây dựng" });
  await expect(line).toBeVisible();
  await page.getByRole("button", { name: "Quá hạn", exact: true }).click();
  await expect(line).toHaveCount(0);
  await page.getByRole("button", { name: "Quá hạn", exact: true }).click();
  await expect(line).toBeVisible();

  await change.click();
  await dialog.getByRole("radio", { name: /đã khắc phục/ }).check();
  await dialog.getByLabel("Đã khắc phục bằng cách nào").fill("lên 1.0.1");
  const { items } = (await (await page.request.get("/api/v1/security/vulnerabilities", { params: { q: name } })).json()) as { items: { id: string }[] };
  const faster = await page.request.put(`/api/v1/security/vulnerabilities/${items[0]?.id}`, { data: { state: "accepted", reason: "người khác nhanh hơn", until: new Date(Date.now() + 86_400_000).toISOString() } });
  expect(faster.status(), await faster.text()).toBe(200);
  await dialog.getByRole("button", { name: "Lưu" }).click();
  await expect(dialog.getByRole("alert")).toContainText(/Ai đó vừa thay đổi: nay là phiên bản 3 \(chấp nhận rủi ro\)/);
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(line).toContainText("chấp nhận rủi ro");
  await expect(page.getByRole("region", { name: "Lỗ hổng" })).toContainText("người khác nhanh hơn");
  // Without the part it is over by itself, said in the reader's language.
  expect((await page.request.put("/api/v1/security/sbom", { data: partsOf(fresh()) })).status()).toBe(200);
  await page.reload();
  await expect(page.getByRole("region", { name: "Lỗ hổng" })).toContainText("danh mục thành phần hoặc các khuyến cáo không còn lỗ hổng này");
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
  const told = async () => ((await (await page.request.get(`/api/v1/security/incidents/${id}`)).json()) as { alert: string | null }).alert;
  await expect.poll(told).toMatch(/^[0-9a-f-]{36}$/);
  const alert = await admin.request.get(`/api/v1/alerts/${await told()}`);
  expect(((await alert.json()) as { title: { vi: string } }).title.vi).toBe(`Mã độc ${id}`);
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
  await page.keyboard.press("Escape");
  const now = page.getByRole("status", { name: "Tình trạng hiện nay" });
  await expect(now).toContainText("Hiện đang đóng.");
  const soon = new Date(Date.now() + 600_000).toISOString();
  for (const [state, words] of [["waits", "Đang chờ người thứ hai xác nhận trước"], ["open", "Tài khoản khan-cap ĐANG MỞ đến"]] as const) {
    const asked = [{ by: "person:0190-unknown", at: new Date().toISOString(), reason: "mất kết nối nơi đăng nhập" }];
    await page.route("**/api/v1/emergency", (route) => route.fulfill({ json: { state, account: "khan-cap", until: soon, asked } }));
    await expect(now).toContainText(words);
    await expect(now).toContainText("mất kết nối nơi đăng nhập");
    expect(await faults(page)).toEqual([]);
    await page.unroute("**/api/v1/emergency");
  }
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
  await page.goto("/security?view=vulnerabilities");
  await page.getByRole("button", { name: "Nạp SBOM hoặc khuyến cáo" }).click();
  await expect(page.getByRole("dialog").getByText("chưa chọn tệp nào")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await faults(page)).toEqual([]);
  await page.context().close();
});
