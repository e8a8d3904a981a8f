// A slow line: pages come in two pieces with a pause between them, in the middle of their first table if they have one.
import { once } from "node:events";
import { type Server as Listener, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** Long enough that a browser shows what it has. */
const PAUSE_MS = 600;

export class SlowLine {
  private constructor(readonly origin: string, private readonly listener: Listener) {}

  /** Listens in front of `origin`. */
  static async to(origin: string): Promise<SlowLine> {
    const listener = createServer((asked, answer) => {
      // Without compression a piece of the answer is a piece of the page.
      const headers = { ...asked.headers, "accept-encoding": "identity" };
      const forwarded = request(origin + asked.url, { method: asked.method, headers }, async (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        if (!answered.headers["content-type"]?.startsWith("text/html")) return answered.pipe(answer);
        const pieces: Buffer[] = [];
        for await (const piece of answered) pieces.push(piece as Buffer);
        const page = Buffer.concat(pieces);
        const rows = page.indexOf("<tbody>");
        const cut = rows < 0 ? page.length >> 1 : rows;
        answer.write(page.subarray(0, cut));
        await pause(PAUSE_MS);
        answer.end(page.subarray(cut));
      });
      forwarded.on("error", () => answer.destroy());
      answer.on("close", () => forwarded.destroy());
      asked.pipe(forwarded);
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    return new SlowLine(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`, listener);
  }

  close(): void {
    this.listener.close();
    this.listener.closeAllConnections();
  }
}
