// The `test` that specs use: a real server, a guarded page, a user in front of it.
//
// `server` is shared by the specs of a worker and has an account; `emptyServer` is a new installation for one test.
import { test as base, expect } from "@playwright/test";

import { Guard } from "./guard.ts";
import { Server } from "./server.ts";
import { NAME, PASSWORD, User } from "./user.ts";

type PerTest = { guard: Guard; user: User; emptyServer: Server };
type PerWorker = { server: Server };

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
  emptyServer: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.stop();
  },
  baseURL: async ({ server }, use) => use(server.origin),
  user: async ({ page, javaScriptEnabled }, use) => use(new User(page, javaScriptEnabled !== false)),
  guard: [
    async ({ context, server, javaScriptEnabled }, use, info) => {
      const guard = new Guard(context);
      // With scripts off the browser refuses to preload them, or wonders why nobody uses what it preloaded.
      if (javaScriptEnabled === false) {
        guard.allow(/request failed: .*\/pkg\/crypto\.js: csp$/, /preloaded using link preload but not used/);
      }
      await use(guard);
      if (info.status !== info.expectedStatus) {
        await info.attach("server.log", { body: server.output(), contentType: "text/plain" });
      }
      expect(guard.complaints, "the page logged no error or warning and asked only for what exists").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
