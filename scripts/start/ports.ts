import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Whether nothing listens on the port of a loopback or given address. */
export function portIsFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/**
 * Below what systems give to outgoing connections, from 32,768 on (Linux) or 49,152 (RFC 6335, 6): a port out of those may
 * be taken by any connection before something listens on it, or between its end and its restart.
 */
const range = [20_000, 32_768] as const;
const given = new Set<number>();

/** Ports that were free on loopback a moment ago, each given once. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(...range);
    if (given.has(port)) continue;
    given.add(port);
    if (await portIsFree(port)) ports.push(port);
  }
  return ports;
}

/** The first of some ports, one after the other, that were all free a moment ago. */
export async function freePortsInARow(count: number): Promise<number> {
  for (;;) {
    const [first = 0] = await freePorts(1);
    const free = await Promise.all(Array.from({ length: count }, (_, index) => portIsFree(first + index)));
    if (first + count < 65_536 && free.every(Boolean)) return first;
  }
}
