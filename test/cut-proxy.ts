import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface CutProxy {
  /** http://127.0.0.1:<port> */
  readonly url: string;
  /** Connections made through it so far. */
  readonly connections: () => number;
  /** Breaks every connection that stands, in the middle of whatever it carries. */
  cut(): void;
  stop(): Promise<void>;
}

/** A network between a program and a server that can be cut. @param target Of the server, http://host:port. */
export async function startCutProxy(target: string): Promise<CutProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((inward) => {
    connections += 1;
    const outward = connect(Number(port), hostname);
    for (const [from, to] of [
      [inward, outward],
      [outward, inward]
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      // 'close' follows and ends the other side.
      from.on('error', () => undefined);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    connections: () => connections,
    cut,
    stop: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    }
  };
}
