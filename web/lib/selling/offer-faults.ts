import { isSettledByEvents } from '#sdk/protocol/settlement';
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
  if (maximumPeriod < least) return { maximumPeriod: `Choose at least ${formatPeriod(least)}.` };
  return maximumPeriod > longestPeriod ? { maximumPeriod: 'Choose at most five years.' } : {};
}

function deliveryFaults(draft: Draft, { contracts }: SellRules): OfferFaults {
  const settlement = settlementOf(draft);
  if (!isSettledByEvents(settlement)) return {};
  const faults: OfferFaults = {};
  const events = eventsOf(draft.events);
  if (events === null) faults.events = 'Write how many events you promise, 1 or more.';
  else if (events > mostEvents) faults.events = 'Promise fewer events.';
  if (settlement === 'after-events' && draft.deliveryPeriod % draft.boundary !== 0) {
    faults.deliveryPeriod = `Choose a whole number of ${formatPeriod(draft.boundary)}: delivery is judged when licences end.`;
  }
  const oracle = draft.oracle.trim();
  if (oracle === '' && contracts.DeliveryOracle === null) {
    faults.oracle = 'This market has no oracle of its own: write the address of one that you and your buyers trust.';
  } else if (oracle !== '' && !isAddress(oracle)) {
    faults.oracle = 'Write the address of a contract: 0x and 40 hexadecimal digits.';
  }
  return faults;
}

function attestationFaults(draft: Draft, rules: SellRules): OfferFaults {
  if (draft.demand === 'none') return {};
  if (rules.contracts.AttestationService === null) {
    return { demand: 'This chain has no attestation service: sell to everyone.' };
  }
  const schema = schemaOf(draft, rules);
  if (schema === null) return { demand: 'This market has no such schema. Choose another one.' };
  const faults: OfferFaults = {};
  if (!/^0x[0-9a-f]{64}$/.test(schema) || /^0x0{64}$/.test(schema)) {
    faults.schema = 'Write the uid of a schema: 0x and 64 hexadecimal digits.';
  }
  const attesters = attestersOf(draft.attesters);
  if (attesters.length === 0 || attesters.length > mostAttesters || !attesters.every(isAddress)) {
    faults.attesters = 'Write the addresses of 1 to 8 attesters, each 0x and 40 hexadecimal digits.';
  }
  return faults;
}
