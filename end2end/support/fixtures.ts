// The `test` that specs use: a real server, a guarded page, a user in front of it.
//
// `server` is shared by the specs of a worker and has an account; `emptyServer` is a new installation for one test.
// Specs about what signed-in users read take `reading` instead of `test`: candles and a result are there, the page is
// signed in.
import { type BrowserContextOptions, test as base, expect } from "@playwright/test";

import { Guard } from "./guard.ts";
import { type Library, stock } from "./library.ts";
import { Server } from "./server.ts";
import { NAME, PASSWORD, User } from "./user.ts";

type PerTest = { guard: Guard; user: User; emptyServer: Server };
type PerWorker = { server: Server; library: Library };

export const test = base.extend<PerTest, PerWorker>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      server.cli(["user", "add", NAME], `${PASSWORD}\n`);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  library: [
    async ({ server, browser }, use) => use(await stock(server, browser)),
    { scope: "worker", timeout: 120_000 },
  ],
  emptyServer: async ({ page }, use) => {
    const server = await Server.start();
    await use(server);
    // What a page asked for then would fail.
    if (!page.isClosed()) await page.goto("about:blank");
    await server.stop();
  },
  baseURL: async ({ server }, use) => use(server.origin),
  user: async ({ page, javaScriptEnabled }, use) => use(new User(page, javaScriptEnabled !== false)),
  guard: [
    async ({ context, server, javaScriptEnabled }, use, info) => {
      const guard = new Guard(context);
      // With scripts off the browser refuses to preload them, and reports that as a failed request.
      if (javaScriptEnabled === false) guard.allow(/request failed: .*\/pkg\/crypto\.js: csp$/);
      await use(guard);
      if (info.status !== info.expectedStatus) {
        await info.attach("server.log", { body: server.output(), contentType: "text/plain" });
      }
      expect(guard.complaints, "the page logged no error or warning and asked only for what exists").toEqual([]);
    },
    { auto: true },
  ],
});

export const reading = test.extend({
  storageState: async ({ library }, use) => use(library.session as BrowserContextOptions["storageState"]),
});

export { expect };
