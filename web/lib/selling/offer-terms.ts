import type { ListProductParameters } from '#sdk/actions/list-product';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { isSettledByEvents, type Settlement } from '#sdk/protocol/settlement';
import type { Draft } from './draft.ts';
import { pricePerSecondOf } from './price.ts';

/** What this market's contracts lay down for every offer. */
export type SellRules = Pick<Deployment, 'feeBasisPoints' | 'schemas'> & {
  readonly contracts: Pick<Deployment['contracts'], 'DeliveryOracle' | 'AttestationService'>;
};

/** How the payments are settled: a free product has none, whatever was chosen. */
export function settlementOf(draft: Pick<Draft, 'free' | 'settlement'>): Settlement {
  return draft.free ? 'at-once' : draft.settlement;
}

/** @returns Events as typed, digits grouped by spaces or commas; null where it is no number of at least one. */
export function eventsOf(text: string): bigint | null {
  const digits = text.replace(/[\s,.']/g, '');
  return /^\d{1,20}$/.test(digits) && BigInt(digits) > 0n ? BigInt(digits) : null;
}

/** Addresses as typed, lowercase, each once. */
export function attestersOf(text: string): string[] {
  return [...new Set(text.toLowerCase().split(/[\s,;]+/))].filter((address) => address !== '');
}

/** The schema that buyers must be attested by; null where none is demanded or the market has no such one. */
export function schemaOf(draft: Pick<Draft, 'demand' | 'schema'>, { schemas }: Pick<SellRules, 'schemas'>): Hex | null {
  if (draft.demand === 'none') return null;
  return draft.demand === 'other' ? (draft.schema.trim().toLowerCase() as Hex) : schemas[draft.demand];
}

/** The terms of the offer, for a draft without faults. */
export function offerTermsOf(
  draft: Draft,
  rules: SellRules
): Omit<ListProductParameters, 'market' | 'wallet' | 'terms' | 'document'> {
  const settlement = settlementOf(draft);
  const oracle = draft.oracle.trim() === '' ? rules.contracts.DeliveryOracle : draft.oracle.trim().toLowerCase();
  const schema = schemaOf(draft, rules);
  return {
    pricePerSecond: pricePerSecondOf(draft) ?? 0n,
    boundary: draft.boundary,
    minimumPeriod: Math.max(draft.minimumPeriod, draft.boundary),
    maximumPeriod: draft.maximumPeriod,
    settlement,
    ...(isSettledByEvents(settlement)
      ? {
          delivery: {
            events: eventsOf(draft.events) ?? 0n,
            period: draft.deliveryPeriod,
            ...(oracle === null ? {} : { oracle: oracle as Address })
          }
        }
      : {}),
    ...(schema === null ? {} : { requires: { schema, attesters: attestersOf(draft.attesters) as Address[] } })
  };
}
