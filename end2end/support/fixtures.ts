// The `test` that specs use: a real server per worker, a guarded page, and steps that read like a user's.
import { test as base, expect } from "@playwright/test";

import { Guard } from "./guard.ts";
import { Server } from "./server.ts";

type PerTest = { guard: Guard };
type PerWorker = { server: Server };

export const test = base.extend<PerTest, PerWorker>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  baseURL: async ({ server }, use) => use(server.origin),
  guard: [
    async ({ context, server }, use, info) => {
      const guard = new Guard(context);
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
