import { cpus } from 'node:os';
import { coreLimit, diskLatency, memoryUse, networkThroughput, processorLoad } from '../feeds/machine.ts';
import { hour, minute } from './source.ts';
import type { SellerSource } from './source.ts';
import { openRights, termsOf, usualRights } from './terms.ts';

const seller = 'Engine Room Telemetry';
const origin = { name: 'Measured by this market on the machine that it runs on' };
const promise =
  'Readings are taken from the operating system of a running machine and are neither smoothed nor invented.';

/** The sensors of the machine itself. */
export function machineRoom(directory: string): SellerSource {
  const cores = cpus()
    .slice(0, coreLimit)
    .map((_, index) => ({
      name: `core${String(index + 1)}`,
      description: `Busy time of core ${String(index + 1)} since the last event`,
      unit: '%'
    }));
  return {
    account: 1,
    name: seller,
    streams: [
      {
        key: 'machine-processor',
        name: 'Processor load',
        description: 'Busy time of every core of the machine that runs this market, once a second.',
        fields: [
          { name: 'load', description: 'Mean over all cores since the last event', unit: '%' },
          { name: 'loadAverage', description: 'Runnable processes, mean of the last minute' },
          ...cores
        ],
        feed: processorLoad(1)
      },
      {
        key: 'machine-memory',
        name: 'Memory use',
        description: 'How the memory of the machine that runs this market is used. Public: anyone may read.',
        everyoneReads: true,
        fields: [
          { name: 'total', description: 'Memory built in', unit: 'MiB' },
          { name: 'used', description: 'In use by processes', unit: 'MiB' },
          { name: 'available', description: 'Can be had without swapping', unit: 'MiB' },
          { name: 'cache', description: 'Buffers and file cache', unit: 'MiB' },
          { name: 'swapTotal', description: 'Swap space', unit: 'MiB' },
          { name: 'swapUsed', description: 'Swap space in use', unit: 'MiB' }
        ],
        feed: memoryUse(3)
      },
      {
        key: 'machine-network',
        name: 'Network throughput',
        description: 'What goes in and out over all network interfaces of the machine that runs this market.',
        fields: [
          { name: 'received', description: 'Received over all interfaces', unit: 'kB/s' },
          { name: 'sent', description: 'Sent over all interfaces', unit: 'kB/s' },
          { name: 'dropped', description: 'Packets dropped since the machine started' },
          { name: 'interfaces', description: 'Network interfaces that are counted' }
        ],
        feed: networkThroughput(2)
      },
      {
        key: 'machine-disk',
        name: 'Disk latency',
        description: 'How long the disk of the machine that runs this market takes to write 4 KiB durably.',
        fields: [
          { name: 'write', description: 'Handing 4 KiB to the operating system', unit: 'ms' },
          { name: 'sync', description: 'Until they are durable (fsync)', unit: 'ms' },
          { name: 'read', description: 'Reading them back', unit: 'ms' }
        ],
        feed: diskLatency(4, directory)
      }
    ],
    products: [
      {
        key: 'processor',
        name: 'Processor load, core by core',
        summary: 'How busy every core of a real machine is, once a second. Sold by the minute.',
        description: `Every second one reading of \`/proc/stat\` or what your platform has in its place, as the share of time that each core was busy since the reading before.

Good for trying out charts, anomaly detection and autoscaling rules on a load that nobody made up: start something heavy on this machine and watch it arrive here.

Licences end on the full minute, so a **micro-licence** of a minute or two costs next to nothing.`,
        category: 'sensors',
        tags: ['cpu', 'load', 'telemetry', 'real-time'],
        streams: ['machine-processor'],
        terms: termsOf({ seller, product: 'Processor load, core by core', promise, ...usualRights }),
        pricePerHour: '0.6',
        settlement: 'by-second',
        boundary: minute,
        minimumPeriod: minute,
        cadence: 1,
        origin
      },
      {
        key: 'memory',
        name: 'Memory use, open to everyone',
        summary: 'Memory, cache and swap of a real machine. A public stream: no licence needed, not encrypted.',
        description: `A **public** stream: its events are signed but not encrypted, and anyone may subscribe without buying anything. It is listed here so that it can be found.

A reading every three seconds. Values are in MiB, so that they stay comparable between machines of any size.`,
        category: 'sensors',
        tags: ['memory', 'telemetry', 'public', 'open data'],
        streams: ['machine-memory'],
        terms: termsOf({ seller, product: 'Memory use, open to everyone', promise, ...openRights }),
        pricePerHour: '0',
        boundary: hour,
        minimumPeriod: hour,
        cadence: 3,
        origin
      },
      {
        key: 'disk',
        name: 'Disk latency: write, fsync, read',
        summary: 'What a durable write of 4 KiB costs on a real disk, in milliseconds, every four seconds.',
        description: `Every four seconds a block of 4 KiB is written, made durable with \`fsync\` and read back; the three times are published as they were measured.

The \`sync\` column is the interesting one: it is what every database waits for. Spikes show other work on the same disk.`,
        category: 'sensors',
        tags: ['disk', 'latency', 'fsync', 'storage'],
        streams: ['machine-disk'],
        terms: termsOf({ seller, product: 'Disk latency', promise, ...usualRights }),
        pricePerHour: '0.3',
        boundary: minute,
        minimumPeriod: minute,
        cadence: 4,
        origin
      },
      {
        key: 'machine-room',
        name: 'The whole engine room',
        summary: 'Processor, network and disk of one machine under a single licence: three streams, one price.',
        description: `One licence opens three streams of the same machine, so that their readings can be laid side by side:

| stream | every |
|---|---|
| Processor load | second |
| Network throughput | 2 seconds |
| Disk latency | 4 seconds |

Cheaper than the parts, and one signature instead of three.`,
        category: 'sensors',
        tags: ['bundle', 'cpu', 'network', 'disk', 'telemetry'],
        streams: ['machine-processor', 'machine-network', 'machine-disk'],
        terms: termsOf({ seller, product: 'The whole engine room', promise, ...usualRights }),
        pricePerHour: '0.8',
        settlement: 'by-second',
        boundary: hour,
        minimumPeriod: hour,
        cadence: 1,
        origin
      }
    ]
  };
}
