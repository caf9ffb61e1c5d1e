/**
 * What is measured, in the order in which it is printed. Targets in gas: of a whole purchase, what it may cost without
 * key and karma, and on top 6,000 for the key and 20,000 for karma.
 */
export const actions = {
  'create-stream': { name: 'create a stream', target: 95_000n },
  'grant-permission': { name: 'first permission of an account', target: 50_000n },
  'grant-another': { name: 'a further permission of it', target: 50_000n },
  'grant-everyone': { name: 'first permission of everyone', target: 50_000n },
  'list-1': { name: 'list a product, 1 stream', target: 75_000n },
  'list-5': { name: 'list a product, 5 streams' },
  'list-64': { name: 'list a product, 64 streams' },
  'buy-first': { name: 'first purchase, at once', target: 98_000n },
  'buy-karma': { name: '  of it karma for both sides', target: 20_000n },
  'buy-key': { name: '  of it the key in the event', target: 6_000n },
  'buy-bare': { name: '  without karma and key', target: 72_000n },
  'buy-newcomer': { name: 'first purchase of a buyer without karma' },
  'buy-first-fee': { name: 'first purchase, fee of 1 %' },
  'buy-renewal': { name: 'renewal, at once', target: 80_000n },
  'buy-renewal-karma': { name: '  of it karma for both sides', target: 20_000n },
  'buy-renewal-bare': { name: '  without karma and key', target: 54_000n },
  'buy-renewal-fee': { name: 'renewal, fee of 1 %' },
  'buy-5': { name: 'first purchase, 5 streams', target: 98_000n },
  'buy-5-bare': { name: '  without karma and key', target: 72_000n },
  'buy-64': { name: 'first purchase, 64 streams' },
  'buy-gift': { name: 'first purchase as a gift' },
  'buy-permit': { name: 'first purchase with a permit (ERC-2612)' },
  'buy-authorized': { name: 'first purchase carried by others (ERC-3009)' },
  'seconds-join': { name: 'by the second: purchase, joins a cohort', target: 74_000n },
  'seconds-first': { name: 'by the second: purchase, first of a cohort' },
  'seconds-renewal': { name: 'by the second: renewal' },
  'seconds-cancel': { name: 'by the second: cancel' },
  'seconds-withdraw-1': { name: 'by the second: withdraw 1 end, 1 licence' },
  'seconds-withdraw-100': { name: 'by the second: withdraw 1 end, 100 licences' },
  'seconds-withdraw-10': { name: 'by the second: withdraw 10 ends' },
  'after-events-buy': { name: 'after events: purchase, joins a cohort' },
  'after-events-first': { name: 'after events: purchase, first of a cohort' },
  'after-events-release': { name: 'after events: release a cohort of 100' },
  'by-event-buy': { name: 'by event: purchase, joins a cohort' },
  'by-event-first': { name: 'by event: purchase, first of a cohort' },
  'by-event-release': { name: 'by event: release a cohort of 100' },
  'by-event-close': { name: 'by event: close a deposit' },
  revoke: { name: 'revoke a licence, at once' },
  'seconds-revoke': { name: 'revoke a licence, by the second' },
  flag: { name: 'flag a licence' },
  'wish-ask': { name: 'make a wish' },
  'wish-back': { name: 'back a wish' },
  'wish-release': { name: 'release a stake to an answer' }
} as const satisfies Record<string, { readonly name: string; readonly target?: bigint }>;

export type Action = keyof typeof actions;

/** Whose contracts, or the opcode floor. */
export const systems = ['Tributary', 'floor', 'Streamr Hub', 'Unlock V15', 'Ocean T2', 'Sablier Flow'] as const;
export type System = (typeof systems)[number];

export interface Measurement {
  readonly system: System;
  readonly action: Action;
  /** Gas that the receipt names; where a row is a part of another one, what that part used of it. */
  readonly gas: bigint;
}
