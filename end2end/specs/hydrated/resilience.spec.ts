// A server that dies is found again, with everything that was there.
import { expect, test } from "../../support/fixtures.ts";
import { PASSWORD } from "../../support/user.ts";

test("after a crash the session and the candles are still there", async ({ user, page, emptyServer, guard }) => {
  guard.allow(/ERR_CONNECTION_REFUSED/, /ERR_EMPTY_RESPONSE/, /ERR_CONNECTION_RESET/, /live\/jobs.*ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_INCOMPLETE_CHUNKED_ENCODING.*live\/jobs/);
  emptyServer.cli(["user", "add", "grace"], `${PASSWORD}\n`);
  await user.open(`${emptyServer.origin}/signin`);
  await user.fill("Name", "grace");
  await user.fill("Password", PASSWORD);
  await user.press("Sign in");
  await expect(page.getByRole("heading", { level: 1, name: "Dashboard" })).toBeVisible();
  const series = ["--exchange", "demo", "--symbol", "ETHUSDT", "--interval", "1h"];
  emptyServer.cli(["ingest", ...series, "--start", "2024-01-01", "--end", "2024-02-01"]);

  await emptyServer.crashAndRestart();

  await user.open(`${emptyServer.origin}/data`);
  await expect(page.getByRole("heading", { level: 1, name: "Data" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Stored series" })).toContainText("ETHUSDT");
});
