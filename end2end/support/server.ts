// Starts the real `crypto` binary with its demo exchange on free ports and an empty data folder, and ends it by pid.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const repo = resolve(import.meta.dirname, "../..");
const target = resolve(repo, process.env.CARGO_TARGET_DIR ?? "target");
const binary = process.env.CRYPTO_BIN ?? join(target, "debug/crypto");
const site = process.env.CRYPTO_SITE ?? join(target, "site");

/** Where the demo exchange is unless told otherwise; the copied configuration gets the free port instead. */
const DEMO_ADDRESS = "127.0.0.1:3900";

export class Server {
  private constructor(
    readonly origin: string,
    readonly folder: string,
    private readonly options: string[],
    private readonly log: string[],
    private child: ChildProcess,
  ) {}

  static async start(): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), "crypto-e2e-"));
    const [web, demo, silent] = [await freePort(), await freePort(), await freePort()];
    const config = join(folder, "config");
    cpSync(join(repo, "config"), config, { recursive: true });
    const exchanges = join(config, "exchanges.yaml");
    const served = readFileSync(exchanges, "utf8").replaceAll(DEMO_ADDRESS, `127.0.0.1:${demo}`);
    writeFileSync(exchanges, served + unreachable(silent));
    const options = ["--config-dir", config, "--data-dir", join(folder, "data"), "serve"];
    options.push("--listen", `127.0.0.1:${web}`, "--site-root", site, "--demo-exchange", `127.0.0.1:${demo}`);
    const log: string[] = [];
    const server = new Server(`http://127.0.0.1:${web}`, folder, options, log, launch(options, log));
    await server.ready();
    return server;
  }

  /** Ends the process without a word, as a power cut would, and starts it again on the same data. */
  async crashAndRestart(): Promise<void> {
    await end(this.child, "SIGKILL");
    this.child = launch(this.options, this.log);
    await this.ready();
  }

  async stop(): Promise<void> {
    await end(this.child, "SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a verb of the command line on the server's own folders; `input` goes to its standard input. */
  cli(words: string[], input = ""): string {
    const done = spawnSync(binary, [...this.options.slice(0, 4), ...words], { cwd: repo, input, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`crypto ${words.join(" ")} ended with ${done.status}:\n${done.stderr}`);
    return done.stdout;
  }

  /** What the server wrote to its standard error, for the report of a failed test. */
  output(): string {
    return this.log.join("");
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline) {
      if (this.child.exitCode !== null) {
        throw new Error(`${binary} ended with code ${this.child.exitCode}:\n${this.output()}`);
      }
      const answered = await fetch(this.origin, { redirect: "manual" }).then(() => true, () => false);
      if (answered) return;
      await new Promise((wake) => setTimeout(wake, 50));
    }
    throw new Error(`the server did not answer on ${this.origin} within 30 s:\n${this.output()}`);
  }
}

/** An exchange behind a port on which nobody listens. */
function unreachable(port: number): string {
  const lines = ["", "  unreachable:", "    adapter: binance", `    base_url: http://127.0.0.1:${port}`, `    stream_url: ws://127.0.0.1:${port}`];
  return lines.join("\n") + "\n";
}

function launch(options: string[], log: string[]): ChildProcess {
  const env = { ...process.env, LEPTOS_OUTPUT_NAME: "crypto", LEPTOS_SITE_ROOT: site, LEPTOS_SITE_PKG_DIR: "pkg" };
  const child = spawn(binary, options, { cwd: repo, env, stdio: ["ignore", "pipe", "pipe"] });
  child.on("error", (error) => log.push(`cannot start ${binary}: ${error.message}\n`));
  child.stdout.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  return child;
}

/** Ends a process; one that ignores the signal for 15 s is killed. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const patience = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await ended;
  clearTimeout(patience);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP socket has a port");
  return address.port;
}
