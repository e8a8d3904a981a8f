// A monkey on all pages. MONKEY_SEEDS says how many seeds ('20') or which ('7-9'), MONKEY_STEPS how many steps each; a failure names the
// seed and lists the steps, and `MONKEY_SEEDS=7-7 make e2e ARGS=specs/hydrated/monkey.spec.ts` walks them again.
import { expect, test } from "../../support/fixtures.ts";
import { stock } from "../../support/library.ts";
import { Monkey } from "../../support/monkey/monkey.ts";
import { Server } from "../../support/server.ts";
import { NAME, PASSWORD } from "../../support/user.ts";

const STEPS = Number(process.env.MONKEY_STEPS ?? 60);
const [first, last] = (process.env.MONKEY_SEEDS ?? "2").split("-").map(Number) as [number, number?];
const seeds = last === undefined ? range(1, first) : range(first, last);
/** One step with everything that it may have to wait for, on a busy machine. */
const STEP_MS = 6_000;

/** A server of its own: the monkey deletes what other specs read. */
let own: Server;
test.beforeAll(async () => {
  own = await Server.start();
  own.cli(["user", "add", NAME], `${PASSWORD}\n`);
});
test.afterAll(async () => own.stop());

for (const seed of seeds) {
  const [width, height] = seed % 2 === 1 ? [1440, 900] : [390, 844];
  test(`seed ${seed}, ${STEPS} steps at ${width} pixels`, async ({ browser, guard }) => {
    test.setTimeout(60_000 + STEPS * STEP_MS);
    for (const [symbol, interval] of [["BTCUSDT", "4h"], ["ETHUSDT", "1h"]] as const) {
      own.cli(["ingest", "--exchange", "demo", "--symbol", symbol, "--interval", interval, "--start", "2024-01-01", "--end", "2024-03-01"]);
    }
    const { session } = await stock(own, browser);
    const context = await browser.newContext({
      baseURL: own.origin, storageState: session, viewport: { width, height }, hasTouch: width < 500,
      locale: "en-GB", timezoneId: "UTC", colorScheme: "dark",
    });
    guard.also(context);
    const page = await context.newPage();
    const monkey = await Monkey.on(page, guard, seed);
    try {
      for (let step = 0; step < STEPS; step++) await monkey.step();
    } catch (error) {
      const steps = monkey.log.map((line, number) => `  ${number + 1}. ${line}`).join("\n");
      throw new Error(`seed ${seed}, step ${monkey.log.length} at ${width} pixels: ${(error as Error).message}\nthe steps:\n${steps}`);
    } finally {
      await context.close();
    }
    expect(monkey.log).toHaveLength(STEPS);
  });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
