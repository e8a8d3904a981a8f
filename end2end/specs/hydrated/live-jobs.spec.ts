// A job's progress is told by the server; the page does not have to ask for it.
import { expect, test } from "../../support/fixtures.ts";

test("progress of a download is told, not asked for", async ({ user, page }) => {
  await user.signIn();
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname === "/api/jobs" || pathname === "/api/live/jobs") asked.push(pathname);
  });
  await user.open("/data/get");
  const form = page.getByRole("region", { name: "Download from an exchange" });
  await form.getByLabel("Exchange", { exact: true }).selectOption("demo");
  await form.getByLabel("Symbol", { exact: true }).fill("SOLUSDT");
  await form.getByLabel("Interval", { exact: true }).selectOption("1m");
  await form.getByLabel("Range", { exact: true }).selectOption("1095");
  await form.getByRole("button", { name: "Download", exact: true }).click();
  await expect(page).toHaveURL(/\/data\/activity$/);
  const job = page.getByRole("listitem").filter({ hasText: "SOLUSDT" }).first();
  await expect(job).toContainText("Running");
  await expect.poll(() => asked).toContain("/api/live/jobs");

  asked.length = 0;
  const said = new Set<string>();
  await expect.poll(async () => said.add(await job.locator(".progress-text").innerText()).size).toBeGreaterThan(4);
  expect(asked.length, "the page asked while it was told").toBeLessThanOrEqual(1);

  await job.getByRole("button", { name: "Cancel" }).click();
  await expect(job).toContainText("Cancelled");
  await expect(job.getByRole("button", { name: "Resume" })).toBeVisible();
});
