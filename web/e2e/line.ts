// A line between browser and server that a test may hold up or tear: what an unplugged cable does, and a dead switch.
import { type Socket, connect, createServer } from "node:net";

export interface Line {
  /** Where the browser finds the server. */
  url: string;
  /** Nothing passes any more, and nobody is told. */
  hush: () => void;
  /** All connections are torn, and new ones too. */
  tear: () => void;
  /** The line is as it was; what hung on it is torn, as after a change of network. */
  mend: () => void;
  end: () => Promise<void>;
}

export async function lineTo(server: string): Promise<Line> {
  const { hostname, port } = new URL(server);
  const sockets = new Set<Socket>();
  let state: "whole" | "hushed" | "torn" = "whole";
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (state === "hushed") socket.pause();
  };
  const relay = createServer((near) => {
    keep(near);
    if (state === "torn") return void near.destroy();
    const far = connect(Number(port || 80), hostname);
    keep(far);
    const pass = (from: Socket, to: Socket) => {
      from.on("data", (bytes) => to.write(bytes));
      from.on("close", () => to.destroy());
    };
    pass(near, far);
    pass(far, near);
    if (state === "hushed") for (const socket of [near, far]) socket.pause();
  });
  const tearAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((done) => void relay.listen(0, "127.0.0.1", done));
  const address = relay.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    hush: () => {
      state = "hushed";
      for (const socket of sockets) socket.pause();
    },
    tear: () => {
      state = "torn";
      tearAll();
    },
    mend: () => {
      state = "whole";
      tearAll();
    },
    end: async () => {
      tearAll();
      await new Promise((done) => relay.close(done));
    },
  };
}
