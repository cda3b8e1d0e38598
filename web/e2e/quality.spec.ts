// The room of data quality: what was refused and why, and sending it through again.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { gauge } from "./gauge";
import { test } from "./signed";

test("a value that cannot be is kept aside with its reason, and can be mended and sent again", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  const { token } = (await (await page.request.post(`/api/v1/devices/${own.id}/token`)).json()) as { token: string };
  const bad = await page.request.post("/api/v1/observations", { headers: { authorization: `Bearer ${token}`, "content-type": "application/senml+json" }, data: JSON.stringify([{ n: "depth", u: "m", v: 99 }]) });
  expect(bad.status()).toBe(422);

  // What is asked for this device alone comes late: the list that is there already is worked with.
  let letGo = () => {};
  const held = new Promise<void>((done) => (letGo = done));
  await page.route(/\/quarantine\?.*device=/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`/quality?device=${own.id}`);
  const items = page.getByRole("listbox", { name: "Cách ly" }).getByRole("option");
  await expect(items).toHaveCount(1);
  await expect(items).toContainText("Ngoài khoảng có thể");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const item = page.getByRole("region", { name: "Mục bị cách ly" });
  await expect(item.getByText(own.id).first()).toBeVisible();
  letGo();
  const raw = item.getByLabel(/Nội dung nhận được/);
  await expect(raw).toHaveValue(/99/);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await raw.fill("[{");
  await expect(item.getByRole("alert")).toContainText("Không đọc được JSON");
  await expect(item.getByRole("button", { name: "Gửi lại" })).toBeDisabled();
  await raw.fill(JSON.stringify([{ n: "depth", u: "m", v: 0.09 }]));
  await expect(item.getByText("Gửi lại nội dung đã sửa")).toBeVisible();
  const replayed = page.waitForResponse((response) => response.url().endsWith("/replay"));
  await item.getByRole("button", { name: "Gửi lại" }).click();
  expect((await replayed).status()).toBe(200);
  await expect(item.getByText("Đã nhận 1, từ chối 0.")).toBeVisible();
  await expect(items).toContainText("đã gửi lại");
  // It is done: the item says who, and cannot be sent once more.
  await expect(item.getByText(/^Đã gửi lại .+: /)).toBeVisible();
  await expect(item.getByRole("button", { name: "Gửi lại" })).toBeDisabled();
  const latest = (await (await page.request.get(`/api/v1/observations/latest?device=${own.id}`)).json()) as { items: { value: number }[] };
  expect(latest.items.map((each) => each.value)).toEqual([0.09]);
});

test("what is wrong again is told, and kept as an item of its own", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  const { token } = (await (await page.request.post(`/api/v1/devices/${own.id}/token`)).json()) as { token: string };
  const bad = await page.request.post("/api/v1/observations", { headers: { authorization: `Bearer ${token}`, "content-type": "application/senml+json" }, data: JSON.stringify([{ n: "depth", u: "m", v: 99 }]) });
  expect(bad.status()).toBe(422);
  await page.goto(`/quality?device=${own.id}`);
  const items = page.getByRole("listbox", { name: "Cách ly" }).getByRole("option");
  await expect(items).toHaveCount(1);
  await items.first().click();
  const item = page.getByRole("region", { name: "Mục bị cách ly" });
  await item.getByRole("button", { name: "Gửi lại" }).click();
  await expect(item.getByText("Đã nhận 0, từ chối 1.")).toBeVisible();
  await expect(item.getByText("Phần bị từ chối nằm trong mục cách ly mới.")).toBeVisible();
  await expect(items).toHaveCount(2);
});

test("tells which series speak doubtfully", async ({ page }) => {
  const own = await gauge(page.request, "Điểm ngập thử");
  // Beyond what is expected, within what is possible.
  await own.says(5, 1);
  await page.goto("/quality?view=series");
  await expect(page.getByText(/Đã xem [\d.]+ chuỗi/)).toBeVisible();
  await expect(page.getByRole("listbox", { name: "Chuỗi đáng ngờ" }).getByRole("option").filter({ hasText: own.id })).toContainText("Đáng ngờ");
  await own.says(0);
});
