// Starts and stops the provider of sign-ins of provider.mjs.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface OwnProvider {
  /** Starts it, with keys that are new. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

/** The provider at `port`, where `client` is known by `secret` and people are sent `back`. */
export function ownProvider(port: number, client: string, secret: string, back: string): OwnProvider {
  let child: ChildProcess | null = null;
  return {
    start: async () => {
      const script = fileURLToPath(new URL("provider.mjs", import.meta.url));
      const started = spawn(process.execPath, [script, String(port), client, secret, back], { stdio: ["ignore", "pipe", "pipe"] });
      child = started;
      const said: string[] = [];
      createInterface({ input: started.stderr }).on("line", (line) => void said.push(line));
      await new Promise<void>((ready, failed) => {
        createInterface({ input: started.stdout }).on("line", (line) => (line.startsWith("http://localhost:") ? ready() : void said.push(line)));
        started.once("error", failed);
        started.once("exit", () => failed(new Error(`the provider ended:\n${said.join("\n")}`)));
      });
    },
    stop: async () => {
      const running = child;
      child = null;
      if (!running || running.exitCode !== null) return;
      const ended = new Promise((done) => running.once("exit", done));
      running.kill("SIGTERM");
      await ended;
    },
  };
}
