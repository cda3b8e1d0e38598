// A server of a test's own, without devices, that the test may stop and start again at the same address.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

export interface OwnServer {
  url: string;
  account: string;
  /** The password of the first account, which must be changed. */
  password: string;
  start: () => Promise<void>;
  /** Runs the program beside it on the same data, such as `device import`; gives what it printed. */
  run: (...args: string[]) => Promise<string>;
  stop: () => Promise<void>;
  /** Stops it and removes its data. */
  remove: () => Promise<void>;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const socket = createServer();
  await new Promise<void>((done) => void socket.listen(0, "127.0.0.1", done));
  const address = socket.address();
  await new Promise((done) => socket.close(done));
  return typeof address === "object" && address ? address.port : 0;
}

/** Starts `hanoi-ioc serve` in a folder that is removed later. `HANOI_IOC_BIN` says which program; `more` are tables of its
 * configuration beyond the addresses. */
export async function ownServer(more = ""): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), "hanoi-ioc-own-"));
  const port = await freePort();
  const config = join(folder, "site.toml");
  await writeFile(config, `[http]\naddress = "127.0.0.1:${port}"\npublic_url = "http://127.0.0.1:${port}"\n[mqtt]\ntls_address = "127.0.0.1:0"\n${more}`);
  let child: ChildProcess | null = null;
  const program = process.env.HANOI_IOC_BIN ?? "hanoi-ioc";
  const where = ["--config", config, "--data-dir", join(folder, "data")];
  const own: OwnServer = {
    url: `http://127.0.0.1:${port}/`,
    account: "truc-ban",
    password: "",
    start: async () => {
      const started = spawn(program, ["serve", ...where], { stdio: ["ignore", "pipe", "pipe"] });
      child = started;
      const said: string[] = [];
      createInterface({ input: started.stderr }).on("line", (line) => {
        said.push(line);
        own.password = /password: (\S+)/.exec(line)?.[1] ?? own.password;
      });
      // It prints its addresses when it is ready.
      await new Promise<void>((ready, failed) => {
        createInterface({ input: started.stdout }).once("line", () => ready());
        started.once("error", failed);
        started.once("exit", () => failed(new Error(`the server ended:\n${said.join("\n")}`)));
      });
    },
    run: async (...args) => (await promisify(execFile)(program, [...args, ...where])).stdout,
    stop: async () => {
      const running = child;
      child = null;
      if (!running || running.exitCode !== null) return;
      const ended = new Promise((done) => running.once("exit", done));
      running.kill("SIGTERM");
      await ended;
    },
    remove: async () => {
      await own.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await own.start();
  return own;
}
