import * as z from 'zod';
import type { NatsLink } from './nats-link.ts';

/** Milliseconds within which the monitoring port has to answer. */
const patience = 3_000;
/** Oldest server whose acknowledgement can mean that an event survives a loss of power. */
const safeSince = [2, 12] as const;

const monitoringSchema = z.object({ config: z.object({ sync_always: z.boolean().default(false) }).optional() });

/**
 * Whether an acknowledged event survives when the server's machine loses power. Clients cannot ask the server whether
 * it writes before it acknowledges; its monitoring port tells.
 *
 * @param monitoringUrl http://host:8222, where the server has it.
 * @returns What an operator should know; null if all is well.
 */
export async function safetyWarning(nats: NatsLink, monitoringUrl: string | undefined): Promise<string | null> {
  const { connection } = await nats.open();
  const version = connection.info?.version ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < safeSince[0] || (major === safeSince[0] && minor < safeSince[1])) {
    return (
      `The NATS server is version ${version}, which acknowledges events before they are on the disk: losing power may ` +
      'lose events. Use 2.12 or newer with sync_interval: always.'
    );
  }
  if (monitoringUrl === undefined) {
    return (
      'Whether NATS writes events to the disk before it acknowledges them is not known. Set NATS_MONITORING_URL to its ' +
      'monitoring port, and sync_interval: always in its configuration.'
    );
  }
  try {
    const response = await fetch(new URL('/jsz?config=true', monitoringUrl), { signal: AbortSignal.timeout(patience) });
    const { config } = monitoringSchema.parse(await response.json());
    if (config?.sync_always === true) return null;
    return (
      'NATS acknowledges events before they are on the disk: losing power may lose those of the last minutes. Set ' +
      'sync_interval: always in the jetstream section of its configuration.'
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `Whether NATS writes events to the disk before it acknowledges them cannot be asked: ${reason}`;
  }
}
