// The shell around all rooms: the way from one to the other, the palette, the wall, and what each room owes to everybody.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";
import { made, signedIn } from "./people";
import { test } from "./signed";

const rooms = [
  { key: "1", path: "/", name: "Trực ban", heading: "Cảnh báo" },
  { key: "2", path: "/map", name: "Bản đồ", heading: "Bản đồ" },
  { key: "3", path: "/alerts", name: "Cảnh báo", heading: "Cảnh báo" },
  { key: "4", path: "/incidents", name: "Sự cố", heading: "Sự cố" },
  { key: "5", path: "/devices", name: "Thiết bị", heading: "Thiết bị" },
  { key: "6", path: "/quality", name: "Dữ liệu & cách ly", heading: "Dữ liệu & cách ly" },
  { key: "7", path: "/sql", name: "Hỏi dữ liệu", heading: "Hỏi dữ liệu" },
  { key: "8", path: "/system", name: "Hệ thống", heading: "Máy chủ" },
  { key: "9", path: "/pack", name: "Gói thành phố", heading: "Gói thành phố" },
  { key: "0", path: "/people", name: "Người dùng & quyền", heading: "Người dùng & quyền" },
];
const rail = (page: Page) => page.getByRole("navigation", { name: "Các phòng" });
const heading = (page: Page, name: string) => page.getByRole("main").getByRole("heading", { name, exact: true }).first();
const faults = async (page: Page) => (await new AxeBuilder({ page }).analyze()).violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(" ")}`);

test("leads to every room by the rail and by one key", async ({ page }) => {
  await page.goto("/");
  for (const room of rooms) {
    await rail(page).getByRole("link", { name: new RegExp(`^${room.name}|${room.name}$`) }).click();
    await expect(heading(page, room.heading)).toBeVisible();
    await expect.poll(() => new URL(page.url()).pathname).toBe(room.path);
    await expect(rail(page).locator("[aria-current=page]")).toContainText(room.name);
  }
  for (const room of [...rooms].reverse()) {
    await page.keyboard.press(room.key);
    await expect.poll(() => new URL(page.url()).pathname).toBe(room.path);
    await expect(heading(page, room.heading)).toBeVisible();
  }
});

/** What the page asks of others, and what its policy refuses, from now on. */
function watched(page: Page, baseURL: string | undefined): { foreign: string[]; refused: string[] } {
  const [foreign, refused]: [string[], string[]] = [[], []];
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== new URL(baseURL ?? "").origin && protocol !== "blob:" && protocol !== "data:") foreign.push(request.url());
  });
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) refused.push(message.text());
  });
  page.on("pageerror", (error) => refused.push(String(error)));
  return { foreign, refused };
}

for (const room of rooms) {
  test(`${room.path} has no accessibility faults, asks nobody but the server and breaks no policy`, async ({ page, baseURL }) => {
    const { foreign, refused } = watched(page, baseURL);
    await page.goto(room.path);
    await expect(heading(page, room.heading)).toBeVisible();
    await expect(page.getByText("Đang tải…")).toHaveCount(0);
    expect(await faults(page)).toEqual([]);
    expect([foreign, refused]).toEqual([[], []]);
  });
}

test("/security, which opens to security officers, is as the other rooms are", async ({ page: admin, browser, baseURL }) => {
  const page = await signedIn(browser, await made(admin.request, [{ role: "security_officer" }]));
  const { foreign, refused } = watched(page, baseURL);
  for (const view of ["", "?view=vulnerabilities", "?view=actions", "?view=incidents", "?view=usage", "?view=emergency"]) {
    await page.goto(`/security${view}`);
    await expect(heading(page, "An ninh")).toBeVisible();
    await expect(page.getByText("Đang tải…")).toHaveCount(0);
    expect([view, await faults(page)]).toEqual([view, []]);
  }
  expect([foreign, refused]).toEqual([[], []]);
  await page.context().close();
});

test("the palette finds rooms, acts, devices and wards without accents, and runs them", async ({ page }) => {
  await page.goto("/");
  await expect(rail(page)).toBeVisible();
  const options = page.getByRole("listbox", { name: "Kết quả" }).getByRole("option");
  const choose = async (words: string, wanted: string) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type(words);
    await expect(options.first()).toContainText(wanted);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  };
  await choose("he thong", "Hệ thống");
  await expect(heading(page, "Máy chủ")).toBeVisible();
  await choose("tam dung", "Tạm dừng");
  await expect.poll(() => new URL(page.url()).searchParams.get("t")).toBe("paused");
  await choose("truc tiep", "Về trực tiếp");
  await expect.poll(() => new URL(page.url()).searchParams.get("t")).toBeNull();
  await choose("flood gauge 002", "flood-gauge-002");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/devices/flood-gauge-002");
  await choose("phuong hoan kiem 00070", "Phường Hoàn Kiếm");
  await expect.poll(() => new URL(page.url()).searchParams.get("area")).toBe("00070");
  await expect(page.getByRole("region", { name: "Phường Hoàn Kiếm" })).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("Control+k");
  await expect(options.first()).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

test("the wall mode leaves only what is looked at, and goes along from room to room", async ({ page }) => {
  await page.goto("/?wall=1");
  await expect(page.getByRole("listbox", { name: "Danh sách cảnh báo" })).toBeVisible();
  await expect(rail(page)).toBeHidden();
  await page.keyboard.press("2");
  await expect(heading(page, "Bản đồ")).toBeVisible();
  await expect(rail(page)).toBeHidden();
  await page.keyboard.press("w");
  await expect(rail(page)).toBeVisible();
});

test("the first view stays below 350 kB", async ({ page }) => {
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  const names = new Map<string, string>();
  const sizes = new Map<string, number>();
  client.on("Network.responseReceived", ({ requestId, response }) => names.set(requestId, new URL(response.url).pathname));
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
  await page.goto("/");
  await expect(page.getByRole("listbox", { name: "Danh sách cảnh báo" })).toBeVisible();
  await expect(page.locator("[data-testid=map][data-idle=true]")).toBeVisible({ timeout: 60_000 });
  // The map is loaded behind the list; answers of the API are the city's, not the console's.
  // A file counts once: the map asks again for the letters that the page has, and with a cache they are there.
  const first = new Map([...sizes].map(([id, size]) => [names.get(id) ?? "/api/", size] as const).filter(([name]) => !/^\/api\/|CityMap|maplibre/.test(name)));
  expect(first.size).toBeGreaterThan(3);
  expect([...first.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(350_000);
});
