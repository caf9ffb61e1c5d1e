import { connectMarket } from '#sdk/actions/connect-market';
import type { Reader } from '#sdk/actions/event-reader';
import { SessionEndedError } from '#sdk/actions/market-errors';
import type { StreamKeys } from '#sdk/actions/stream-keys';
import { openHistory } from '#sdk/actions/open-history';
import { subscribe } from '#sdk/actions/subscribe';
import { buyerKeys } from '../keys/buyer-keys.ts';
import { explain } from '../wallet/explain.ts';
import { createContentDecoder } from './content-decoder.ts';
import { heldKeys } from './held-keys.ts';
import { HistoryDesk } from './history.ts';
import type { OpenReading, ReadingMessage, ReadingRequest, ShownEvent } from './messages.ts';
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

let openDesk: (desk: HistoryDesk) => void = () => undefined;
/** There as soon as the reading is open; requests wait for it. */
const desk = new Promise<HistoryDesk>((resolve) => {
  openDesk = resolve;
});

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
  const decode = createContentDecoder(market);
  const access = { market, stream, keys, ...(reader ? { reader } : {}), ...(session ? { session } : {}) };
  openDesk(new HistoryDesk({ open: () => openHistory(access), decode, tell }));
  const opened = clock();
  const subscription = await subscribe({
    ...access,
    from: { last },
    // Whoever opens the page may be about to buy, or to renew.
    waitForAccess: Number.POSITIVE_INFINITY,
    onState: (state) => {
      tell({ type: 'state', state });
    }
  });
  for await (const received of subscription) {
    // What was published before comes from history: how late it is says nothing.
    const arrived = received.again || received.event.timestamp < opened ? null : clock();
    const { content, event } = received;
    show(shownEvent(received, arrived, content === undefined ? undefined : await decode(content, event.contentType)));
  }
}

async function answer(request: Exclude<ReadingRequest, { type: 'cancel' }>): Promise<void> {
  try {
    await (await desk).answer(request);
  } catch (error) {
    if (error instanceof SessionEndedError) tell({ type: 'session-ended' });
    tell({ type: 'refused', id: request.id, failure: explain(error) });
  }
}

addEventListener('message', ({ data }: MessageEvent<OpenReading | ReadingRequest>) => {
  if (data.type === 'cancel')
    void desk.then((opened) => {
      opened.cancel(data.id);
    });
  else if (data.type !== 'open') void answer(data);
  else {
    read(data).catch((error: unknown) => {
      if (error instanceof SessionEndedError) tell({ type: 'session-ended' });
      else tell({ type: 'failed', failure: explain(error) });
    });
  }
});
