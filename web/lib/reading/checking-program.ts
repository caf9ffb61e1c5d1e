import { packageName } from '#sdk/protocol/package-name';

export interface CheckedEvent {
  /** Address of the market, such as "https://market.example". */
  readonly market: string;
  /** Address of the stream. */
  readonly stream: string;
  readonly partition: number;
  readonly offset: number;
  /** Who published it: what the program prints where the signature holds. */
  readonly origin: string;
}

/** A program that fetches one event from the broker's log and checks its signature, ready to be run. */
export const checkingProgram = ({ market, stream, partition, offset, origin }: CheckedEvent): string =>
  `import { eventFromJson } from '${packageName}/protocol/event-json';
import { verifyEvent } from '${packageName}/protocol/event-verification';

const answer = await fetch('${market}/broker/v1/streams/${stream}/events?partition=${String(partition)}&fromOffset=${String(offset)}&limit=1');
const { event } = JSON.parse(await answer.text());
console.log(await verifyEvent(eventFromJson(event))); // ${origin}`;
