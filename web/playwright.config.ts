// Browser tests against a real server: HANOI_IOC_URL, HANOI_IOC_ACCOUNT and HANOI_IOC_PASSWORD say which.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  outputDir: "node_modules/.cache/e2e",
  timeout: 90_000,
  expect: { timeout: 30_000 },
  fullyParallel: false,
  workers: 1,
  retries: 0,
  reporter: [["list"]],
  use: {
    baseURL: process.env.HANOI_IOC_URL ?? "http://127.0.0.1:8080",
    locale: "vi-VN",
    timezoneId: "UTC",
    ignoreHTTPSErrors: true,
    viewport: { width: 1920, height: 1080 },
    launchOptions: {
      executablePath: process.env.HANOI_IOC_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
    },
  },
});
