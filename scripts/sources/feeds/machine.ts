import { open } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { mem, networkStats } from 'systeminformation';
import { every } from './every.ts';
import type { Content, Feed } from './feed.ts';

/** Cores that are reported one by one. */
export const coreLimit = 32;

/** Load of the processor's cores, in percent of the time since the last measurement. */
export function processorLoad(seconds: number): Feed {
  let before = cpus().map(timesOf);
  return every(seconds, () => {
    const now = cpus().map(timesOf);
    const loads = now.map(({ busy, total }, index) => {
      const past = before[index] ?? { busy: 0, total: 0 };
      return total > past.total ? ((busy - past.busy) / (total - past.total)) * 100 : 0;
    });
    before = now;
    const content: Record<string, number> = {
      load: round(loads.reduce((sum, load) => sum + load, 0) / Math.max(1, loads.length)),
      loadAverage: round(loadavg()[0] ?? 0)
    };
    for (const [index, load] of loads.slice(0, coreLimit).entries()) content[`core${String(index + 1)}`] = round(load);
    return content;
  });
}

function timesOf({ times }: ReturnType<typeof cpus>[number]) {
  const busy = times.user + times.nice + times.sys + times.irq;
  return { busy, total: busy + times.idle };
}

/** How the machine's memory is used, in MiB. */
export function memoryUse(seconds: number): Feed {
  return every(seconds, async () => {
    const { total, active, available, buffcache, swaptotal, swapused } = await mem();
    return {
      total: mebibytes(total),
      used: mebibytes(active),
      available: mebibytes(available),
      cache: mebibytes(buffcache),
      swapTotal: mebibytes(swaptotal),
      swapUsed: mebibytes(swapused)
    };
  });
}

/** What goes in and out over the network interfaces together, in kB per second since the last measurement. */
export function networkThroughput(seconds: number): Feed {
  let before: { readonly at: number; readonly received: number; readonly sent: number } | undefined;
  const read = async () => {
    const interfaces = await networkStats('*');
    const sum = (pick: (one: (typeof interfaces)[number]) => number) =>
      interfaces.reduce((total, one) => total + Math.max(0, pick(one)), 0);
    return {
      at: performance.now(),
      received: sum((one) => one.rx_bytes),
      sent: sum((one) => one.tx_bytes),
      dropped: sum((one) => one.rx_dropped + one.tx_dropped),
      interfaces: interfaces.length
    };
  };
  return every(seconds, async (): Promise<Content> => {
    const now = await read();
    const elapsed = before === undefined ? 0 : (now.at - before.at) / 1000;
    const rate = (bytes: number) => (elapsed > 0 ? round(Math.max(0, bytes) / elapsed / 1000) : 0);
    const content = {
      received: rate(now.received - (before?.received ?? now.received)),
      sent: rate(now.sent - (before?.sent ?? now.sent)),
      dropped: now.dropped,
      interfaces: now.interfaces
    };
    before = now;
    return content;
  });
}

const block = Buffer.alloc(4096, 0x5a);

/**
 * How long the disk takes to write 4 KiB durably and to read them back, in milliseconds.
 *
 * @param directory Where the block is written.
 */
export function diskLatency(seconds: number, directory: string): Feed {
  return every(seconds, async () => {
    const file = await open(join(directory, 'latency.probe'), 'w+', 0o600);
    try {
      const start = performance.now();
      await file.write(block, 0, block.length, 0);
      const written = performance.now();
      await file.sync();
      const synced = performance.now();
      await file.read(Buffer.alloc(block.length), 0, block.length, 0);
      const read = performance.now();
      return { write: round(written - start, 3), sync: round(synced - written, 3), read: round(read - synced, 3) };
    } finally {
      await file.close();
    }
  });
}

const mebibytes = (bytes: number) => Math.round(bytes / 1024 / 1024);

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
