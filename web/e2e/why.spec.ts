// "Why can I not see this?": a thing out of reach, and one that is not there.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { made, signedIn } from "./people";
import { test } from "./signed";

test("an incident of another ward tells which bound is crossed, and nothing else of it", async ({ page: admin, browser }) => {
  const title = `Việc riêng ${crypto.randomUUID().slice(0, 8)}`;
  const opened = await admin.request.post("/api/v1/incidents", { data: { title, kind: "other", severity: 2, areas: ["00004"] } });
  expect(opened.status(), await opened.text()).toBe(201);
  const { id } = (await opened.json()) as { id: string };
  const page = await signedIn(browser, await made(admin.request, [{ role: "ward_leader", area: "00070" }]));
  await page.goto(`/incidents/${id}`);
  await expect(page.getByRole("alert")).toContainText("Không tìm thấy");
  await page.getByRole("button", { name: "Vì sao tôi không thấy?" }).click();
  const why = page.getByRole("dialog", { name: "Vì sao tôi không thấy?" });
  await expect(why.getByText("nằm ngoài địa bàn được giao").first()).toBeVisible();
  await expect(page.getByText(title)).toHaveCount(0);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press("Escape");
  await page.goto("/incidents/01997b2c-0000-7000-8000-0000000000aa");
  await page.getByRole("button", { name: "Vì sao tôi không thấy?" }).click();
  await expect(page.getByRole("dialog").getByText(/không ai được biết/)).toBeVisible();
  await page.context().close();
});
