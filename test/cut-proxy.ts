import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface CutProxy {
  /** http://127.0.0.1:<port> */
  readonly url: string;
  /** Connections made through it so far. */
  readonly connections: () => number;
  /** Breaks every connection that stands, in the middle of whatever it carries. */
  cut(): void;
  /** Breaks every connection that stands once it has carried so many more bytes in either direction, to the byte. */
  cutAfter(bytes: number): void;
  stop(): Promise<void>;
}

/** One direction of one connection. */
interface Direction {
  /** Bytes that it still carries. */
  left: number;
  destroy(): void;
}

/** A network between a program and a server that can be cut. @param target Of the server, http://host:port. */
export async function startCutProxy(target: string): Promise<CutProxy> {
  const { hostname, port } = new URL(target);
  const directions = new Set<Direction>();
  let connections = 0;
  const carry = (from: Socket, to: Socket): void => {
    const destroy = () => {
      from.destroy();
      to.destroy();
    };
    const direction: Direction = { left: Infinity, destroy };
    directions.add(direction);
    from.on('data', (chunk) => {
      if (chunk.length > direction.left) {
        // What was let through still arrives; the rest never does.
        to.write(chunk.subarray(0, direction.left), destroy);
        from.pause();
        direction.left = 0;
        return;
      }
      direction.left -= chunk.length;
      if (!to.write(chunk)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
    from.on('end', () => to.end());
    from.on('close', () => {
      directions.delete(direction);
      to.destroy();
    });
    // 'close' follows and ends the other side.
    from.on('error', () => undefined);
  };
  const server = createServer((inward) => {
    connections += 1;
    const outward = connect(Number(port), hostname);
    carry(inward, outward);
    carry(outward, inward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const direction of directions) direction.destroy();
  };
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    connections: () => connections,
    cut,
    cutAfter: (bytes) => {
      for (const direction of directions) direction.left = Math.min(direction.left, bytes);
    },
    stop: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    }
  };
}
