import { isSettledByEvents } from '#sdk/protocol/settlement';
import { m } from '../generated/messages/messages.js';
import { formatPeriod } from '../ui/period.ts';
import type { Draft } from './draft.ts';
import { attestersOf, eventsOf, schemaOf, settlementOf, type SellRules } from './offer-terms.ts';

type OfferFaults = Partial<Record<keyof Draft, string>>;

/** As the contract has them (Offers): five years, and eight attesters; events are 64 bits. */
const longestPeriod = 157_680_000;
const mostAttesters = 8;
const mostEvents = 2n ** 64n - 1n;

const isAddress = (text: string) => /^0x[0-9a-f]{40}$/i.test(text) && !/^0x0{40}$/.test(text);

/** What the contract would refuse in the terms of the offer, by field, in the order of the form. */
export function offerFaults(draft: Draft, rules: SellRules): OfferFaults {
  return { ...periodFaults(draft), ...deliveryFaults(draft, rules), ...attestationFaults(draft, rules) };
}

function periodFaults({ boundary, minimumPeriod, maximumPeriod }: Draft): OfferFaults {
  const least = Math.max(minimumPeriod, boundary) + boundary;
  if (maximumPeriod < least) return { maximumPeriod: m.sell_fault_period_short({ period: formatPeriod(least) }) };
  return maximumPeriod > longestPeriod
    ? { maximumPeriod: m.sell_fault_period_long({ period: formatPeriod(longestPeriod) }) }
    : {};
}

function deliveryFaults(draft: Draft, { contracts }: SellRules): OfferFaults {
  const settlement = settlementOf(draft);
  if (!isSettledByEvents(settlement)) return {};
  const faults: OfferFaults = {};
  const events = eventsOf(draft.events);
  if (events === null) faults.events = m.sell_fault_events();
  else if (events > mostEvents) faults.events = m.sell_fault_events_many();
  if (settlement === 'after-events' && draft.deliveryPeriod % draft.boundary !== 0) {
    faults.deliveryPeriod = m.sell_fault_delivery({ period: formatPeriod(draft.boundary) });
  }
  const oracle = draft.oracle.trim();
  if (oracle === '' && contracts.DeliveryOracle === null) {
    faults.oracle = m.sell_fault_oracle_needed();
  } else if (oracle !== '' && !isAddress(oracle)) {
    faults.oracle = m.sell_fault_oracle();
  }
  return faults;
}

function attestationFaults(draft: Draft, rules: SellRules): OfferFaults {
  if (draft.demand === 'none') return {};
  if (rules.contracts.AttestationService === null) {
    return { demand: m.sell_fault_no_attestations() };
  }
  const schema = schemaOf(draft, rules);
  if (schema === null) return { demand: m.sell_fault_no_schema() };
  const faults: OfferFaults = {};
  if (!/^0x[0-9a-f]{64}$/.test(schema) || /^0x0{64}$/.test(schema)) {
    faults.schema = m.sell_fault_schema();
  }
  const attesters = attestersOf(draft.attesters);
  if (attesters.length === 0 || attesters.length > mostAttesters || !attesters.every(isAddress)) {
    faults.attesters = m.sell_fault_attesters({ most: mostAttesters });
  }
  return faults;
}
