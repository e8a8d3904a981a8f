// A file of candles through the form: what is good is stored, what is not is refused with its place.
import { expect, reading as test } from "../../support/fixtures.ts";
import type { User } from "../../support/user.ts";

const HOUR_MS = 3_600_000;

/** Candles as Binance's archives have them: 12 columns, no header. */
function archive(rows: number): string {
  const start = Date.UTC(2023, 0, 1);
  const line = (at: number, price: number) =>
    `${at},${price},${price + 2},${price - 2},${price + 1},10.5,${at + HOUR_MS - 1},${10.5 * price},42,5,${5 * price},0`;
  return Array.from({ length: rows }, (_, hour) => line(start + hour * HOUR_MS, 100 + hour)).join("\n") + "\n";
}

async function upload(user: User, symbol: string, name: string, text: string): Promise<void> {
  await user.open("/data/get");
  const form = user.page.getByRole("region", { name: "Import a file" });
  await form.getByLabel("Symbol").fill(symbol);
  await form.getByLabel("Interval").selectOption("1h");
  await form.getByLabel("Files").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await form.getByRole("button", { name: "Import" }).click();
}

/** Waits for the job of a file to end, reloading where the page cannot refresh itself. */
async function outcome(user: User, symbol: string, state: string): Promise<string> {
  const job = user.page.getByRole("listitem").filter({ hasText: symbol }).filter({ hasText: state }).first();
  await expect(async () => {
    if (!user.scripts) await user.open("/data/activity");
    await expect(job).toBeVisible({ timeout: user.scripts ? 15_000 : 500 });
  }).toPass({ timeout: 30_000 });
  return job.innerText();
}

test("a file is imported and its series appears", async ({ user, page }, info) => {
  const symbol = `GOOD${info.project.name === "hydrated" ? "A" : "B"}USDT`;
  await upload(user, symbol, `${symbol}-1h.csv`, archive(48));
  expect(await outcome(user, symbol, "Done")).toMatch(/48/);
  await user.open("/data");
  const row = page.getByRole("region", { name: "Stored series" }).getByRole("row").filter({ hasText: symbol });
  await expect(row).toContainText("48");
  await expect(row).toContainText("Imported");
  await row.getByRole("link", { name: symbol, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: symbol })).toBeVisible();
});

test("a cell that is no number is refused with its line, and the rest is kept", async ({ user, page }, info) => {
  const symbol = `BAD${info.project.name === "hydrated" ? "A" : "B"}USDT`;
  const lines = archive(5).split("\n");
  lines[2] = lines[2].replace(/,1\d\d,/, ",twelve,");
  await upload(user, symbol, `${symbol}-1h.csv`, lines.join("\n"));
  expect(await outcome(user, symbol, "Done")).toContain("4 candles added, 1 refused");
  const job = page.getByRole("listitem").filter({ hasText: symbol }).first();
  await expect(job.getByText("1 row refused")).toBeVisible();
  // What is done is folded.
  await job.getByText("Done", { exact: true }).click();
  await job.getByText(/log lines/).click();
  await expect(job).toContainText(/line 3.*twelve/);
});

test("a file that is no table fails and says why", async ({ user, page }, info) => {
  const symbol = `NOT${info.project.name === "hydrated" ? "A" : "B"}USDT`;
  await upload(user, symbol, `${symbol}-1h.csv`, "<html>Not found</html>\n");
  expect(await outcome(user, symbol, "Failed")).toMatch(/Not found|column|CSV/i);
  await user.open("/data");
  await expect(page.getByRole("region", { name: "Stored series" }).getByText(symbol)).toHaveCount(0);
});

test("an upload that lacks something keeps what was typed and says what is wrong beside each field", async ({ user, page, guard }) => {
  guard.allow(/status 422/, /Failed to load resource.*422/);
  await user.open("/data/get");
  const form = page.getByRole("region", { name: "Import a file" });
  await form.getByLabel("Symbol").fill("A SYMBOL");
  await form.getByLabel("Interval").selectOption("4h");
  await form.getByRole("button", { name: "Import" }).click();
  await expect(form.getByText("Choose at least one file")).toBeVisible();
  await expect(form.getByLabel("Symbol")).toHaveAttribute("aria-invalid", "true");
  await expect(form.getByLabel("Symbol")).toHaveValue("A SYMBOL");
  await expect(form.getByLabel("Interval")).toHaveValue("4h");
});
