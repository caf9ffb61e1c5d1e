import { connectMarket } from '#sdk/actions/connect-market';
import type { Reader } from '#sdk/actions/event-reader';
import { SessionEndedError } from '#sdk/actions/market-errors';
import type { StreamKeys } from '#sdk/actions/stream-keys';
import { subscribe } from '#sdk/actions/subscribe';
import { buyerKeys } from '../keys/buyer-keys.ts';
import { explain } from '../wallet/explain.ts';
import { heldKeys } from './held-keys.ts';
import type { OpenReading, ReadingMessage, ShownEvent } from './messages.ts';
import { shownEvent } from './shown-event.ts';

/**
 * Reads a stream beside the page: verifies and decrypts here, so that the page never stutters and never sees a key.
 * One reading per worker; the page ends it by terminating the worker.
 */

/** Milliseconds for which events are gathered, so that a fast stream costs the page ten updates a second. */
const gathering = 100;

const tell = (message: ReadingMessage) => {
  postMessage(message);
};

let gathered: ShownEvent[] = [];
function show(event: ShownEvent): void {
  if (gathered.length === 0) {
    setTimeout(() => {
      const events = gathered;
      gathered = [];
      tell({ type: 'events', events });
    }, gathering);
  }
  gathered.push(event);
}

async function read(request: OpenReading): Promise<void> {
  const { stream, last, licensee, publicKey, session } = request;
  const apart = request.now - Date.now();
  // Loading this file takes a moment, which is no difference between the clocks.
  const ahead = Math.abs(apart) < 60_000 ? 0 : apart;
  const clock = () => Date.now() + ahead;
  const market = await connectMarket(request.market, { clock });
  let reader: Reader | undefined;
  let keys: StreamKeys[] = [];
  if (licensee) {
    const keyPair = (await buyerKeys(licensee)).find((key) => key.publicKey === publicKey);
    if (keyPair) reader = { licensee, keyPair };
    keys = await heldKeys(market, stream, licensee);
  }
  const opened = clock();
  const subscription = await subscribe({
    market,
    stream,
    from: { last },
    ...(session ? { session } : {}),
    // Whoever opens the page may be about to buy, or to renew.
    waitForAccess: Number.POSITIVE_INFINITY,
    keys,
    ...(reader ? { reader } : {}),
    onState: (state) => {
      tell({ type: 'state', state });
    }
  });
  for await (const received of subscription) {
    // What was published before comes from history: how late it is says nothing.
    const arrived = received.again || received.event.timestamp < opened ? null : clock();
    show(shownEvent(received, arrived));
  }
}

addEventListener('message', ({ data }: MessageEvent<OpenReading>) => {
  read(data).catch((error: unknown) => {
    if (error instanceof SessionEndedError) tell({ type: 'session-ended' });
    else tell({ type: 'failed', failure: explain(error) });
  });
});
