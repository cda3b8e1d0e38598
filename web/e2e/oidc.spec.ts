// Signing in at another provider: the certified oidc-provider on this machine, another site than the server, through the browser.
import AxeBuilder from "@axe-core/playwright";
import { type APIRequestContext, type Page, expect, request, test } from "@playwright/test";
import { type OwnProvider, ownProvider } from "./provider";
import { type OwnServer, freePort, ownServer } from "./server";
import { enter, list } from "./signed";

const CLIENT = "hanoi-ioc";
const SECRET = "a secret: with & and %";
const OWN = "một câu dễ nhớ mà dài";
interface Item {
  act: string;
  action: string;
  outcome: string;
  target: string;
  class: string;
  detail: Record<string, string>;
}

let own: OwnServer;
let provider: OwnProvider;
/** The first account, past its first password. */
let boss: APIRequestContext;

const table = (id: string, vi: string, port: number) => `[[oidc]]\nid = "${id}"\ntitle = { vi = "${vi}", en = "${id}" }\nissuer = "http://localhost:${port}"\nclient = "${CLIENT}"\n`;

test.beforeEach(async () => {
  const port = await freePort();
  process.env.HANOI_IOC_OIDC_CITY_SECRET = SECRET;
  own = await ownServer(`${table("city", "Tài khoản cán bộ", port)}${table("gone", "Nơi hỏng", await freePort())}`);
  provider = ownProvider(port, CLIENT, SECRET, `${own.url}api/v1/session/oidc/city/back`);
  await provider.start();
  boss = await signIn(own.account, own.password, OWN);
});
test.afterEach(async () => {
  await boss.dispose();
  await provider.stop();
  await own.remove();
});

/** Signs in with a first password and changes it. */
async function signIn(account: string, password: string, fresh: string): Promise<APIRequestContext> {
  const context = await request.newContext({ baseURL: own.url });
  expect((await context.post("/api/v1/session", { data: { account, password } })).status()).toBe(200);
  expect((await context.put("/api/v1/session/password", { data: { old: password, new: fresh } })).status()).toBe(200);
  return context;
}

/** Makes an account; gives its first password. */
async function make(account: string, role: string): Promise<string> {
  const answer = await boss.post("/api/v1/people", { data: { account, kind: "person", clearance: "restricted", rights: [{ role }] } });
  expect(answer.status(), await answer.text()).toBe(201);
  return ((await answer.json()) as { password: string }).password;
}

/** Leaves for the provider, signs in there as `name` where it asks, and agrees. */
async function leave(page: Page, name: string): Promise<void> {
  await page.goto(own.url);
  await page.getByRole("link", { name: "Đăng nhập bằng Tài khoản cán bộ" }).click();
  await expect(page).toHaveURL(/^http:\/\/localhost:/);
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

const told = (page: Page, words: string | RegExp) => expect(page.getByRole("alert")).toContainText(words);

test("who is linked comes in over the provider, and nobody else; the trail has every outcome and no code", async ({ page, browser }) => {
  await make("an.nguyen", "duty_officer");
  await page.goto(own.url);
  await expect(page.getByRole("link", { name: "Đăng nhập bằng Tài khoản cán bộ" })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await leave(page, "nv-0042");
  await told(page, "Chưa có tài khoản nào ở đây được gắn");
  expect(new URL(page.url()).search).toBe("");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  // An administrator links the account on its page.
  const office = await browser.newContext({ locale: "vi-VN", viewport: { width: 1920, height: 1080 } });
  const desk = await office.newPage();
  await desk.goto(own.url);
  await enter(desk, own.account, OWN);
  await expect(list(desk)).toBeVisible();
  await desk.goto(`${own.url}people/an.nguyen/rights`);
  await desk.getByRole("button", { name: "Gắn tài khoản", exact: true }).click();
  const form = desk.getByRole("dialog", { name: "Gắn tài khoản" });
  await form.getByRole("button", { name: "Gắn tài khoản" }).click();
  await expect(form.getByText("Hãy nhập mã.")).toBeVisible();
  await form.getByLabel("Mã của người đó ở nơi kia").fill("nv-0042");
  expect((await new AxeBuilder({ page: desk }).analyze()).violations).toEqual([]);
  await form.getByRole("button", { name: "Gắn tài khoản" }).click();
  await expect(desk.getByRole("list", { name: "Tài khoản ở nơi khác" }).getByRole("listitem")).toContainText("nv-0042");

  // The provider remembers the person and asks nothing more. The first password was never changed, and is not asked for.
  await page.getByRole("link", { name: "Đăng nhập bằng Tài khoản cán bộ" }).click();
  await expect(list(page)).toBeVisible();
  const me = (await (await page.request.get(`${own.url}api/v1/session`)).json()) as { account: string };
  expect(me.account).toBe("an.nguyen");
  const cookies = await page.context().cookies(own.url);
  expect(cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite])).toEqual([["hanoi_ioc_session", true, "Strict"]]);

  // Without the link, the session ends at once.
  await desk.getByRole("button", { name: /^Bỏ gắn/ }).click();
  await desk.getByRole("dialog", { name: "Bỏ gắn" }).getByRole("button", { name: "Bỏ gắn" }).click();
  await expect(page.getByRole("heading", { name: "Đăng nhập" })).toBeVisible();
  await office.close();

  const auditor = await signIn("kiem.toan", await make("kiem.toan", "auditor"), `${OWN} khác`);
  const trail = async () => ((await (await auditor.get("/api/v1/audit?act=session/oidc&limit=100")).json()) as { items: Item[] }).items;
  const back = async () => (await trail()).filter((item) => item.act.endsWith("/back")).map((item) => [item.outcome, item.detail.reason ?? ""]);
  await expect.poll(back).toEqual([["allowed", ""], ["denied", "not linked with an account"]]);
  expect((await trail()).every((item) => item.action === "session.open" && item.class === "security" && !item.target.includes("?"))).toBe(true);
  await auditor.dispose();
});

test("an ended account stays outside, new keys of the provider are followed, and a sign-in that is broken off or finds nobody is said", async ({ page, browser }) => {
  await make("an.nguyen", "duty_officer");
  expect((await boss.post("/api/v1/people/an.nguyen/links", { data: { provider: "city", subject: "nv-0042" } })).status()).toBe(200);
  await leave(page, "nv-0042");
  await expect(list(page)).toBeVisible();

  // The same provider with other keys, which no longer knows the browser.
  await provider.stop();
  await provider.start();
  const later = await browser.newContext({ locale: "vi-VN" });
  const other = await later.newPage();
  await leave(other, "nv-0042");
  await expect(list(other)).toBeVisible();

  expect((await boss.put("/api/v1/people/an.nguyen/state", { data: { ended: true } })).status()).toBe(200);
  await expect(other.getByRole("heading", { name: "Đăng nhập" })).toBeVisible();
  await other.getByRole("link", { name: "Đăng nhập bằng Tài khoản cán bộ" }).click();
  await told(other, "hoặc tài khoản đã kết thúc");
  await later.close();

  const fresh = await browser.newContext({ locale: "vi-VN" });
  const third = await fresh.newPage();
  await third.goto(own.url);
  await third.getByRole("link", { name: "Đăng nhập bằng Tài khoản cán bộ" }).click();
  await third.getByRole("link", { name: /Cancel/ }).click();
  await told(third, "Việc đăng nhập đã dừng");
  await third.reload();
  await expect(third.getByRole("alert")).toHaveCount(0);
  await third.getByRole("link", { name: "Đăng nhập bằng Nơi hỏng" }).click();
  await told(third, "Nơi đăng nhập không trả lời");
  // An answer to nobody's question, as somebody else's page may send a browser here.
  await third.goto(`${own.url}api/v1/session/oidc/city/back?code=stolen&state=made-up`, { waitUntil: "commit" });
  await told(third, "không bắt đầu từ trình duyệt này");
  await fresh.close();
});
