// Browser tests on the system's Chromium. Each spec says which halves it runs in: hydrated, without JavaScript, or both.
import { defineConfig } from "@playwright/test";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: "specs",
  outputDir: "test-results",
  // The server is real and the machine may be small: one worker, one server, tests in order.
  workers: 1,
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["json"]],
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: "dark",
    locale: "en-GB",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "hydrated", testMatch: /(hydrated|both)\/.*\.spec\.ts/, use: { javaScriptEnabled: true } },
    { name: "no-javascript", testMatch: /(no-javascript|both)\/.*\.spec\.ts/, use: { javaScriptEnabled: false } },
  ],
});
