import { m } from '../generated/messages/messages.js';
import { formatNumber } from '../ui/format.ts';
import type { Draft } from './draft.ts';
import { offerFaults } from './offer-faults.ts';
import type { SellRules } from './offer-terms.ts';
import { pricePerSecondOf } from './price.ts';
import { parseSample } from './sample.ts';

export type Faults = Partial<Record<keyof Draft, string>>;

const address = /^0x[0-9a-fA-F]{40}$/;
const bytes = (text: string) => new TextEncoder().encode(text).length;

/** As many bytes as the contracts and documents take. */
const limits = { streamName: 128, streamDescription: 1024, document: 128 * 1024 } as const;
/** Characters, and tags, as product documents have them. */
const most = { name: 120, summary: 280, description: 20_000, tags: 12, tag: 32 } as const;

const tooManyBytes = (limit: number) => m.sell_fault_bytes({ most: formatNumber(limit) });
const tooManyCharacters = (limit: number) => m.sell_fault_characters({ most: formatNumber(limit) });

/** What must be changed before the draft can be published, by field, in the order of the form. */
export function faultsOf(draft: Draft, rules: SellRules): Faults {
  const faults: Faults = {};
  if (draft.streamMode === 'existing') {
    if (!address.test(draft.streamAddress.trim())) faults.streamAddress = m.sell_fault_stream();
  } else {
    if (draft.streamName.trim() === '') faults.streamName = m.sell_fault_stream_name();
    else if (bytes(draft.streamName) > limits.streamName) faults.streamName = tooManyBytes(limits.streamName);
    if (bytes(draft.streamDescription) > limits.streamDescription)
      faults.streamDescription = tooManyBytes(limits.streamDescription);
  }
  if (draft.publisher.trim() !== '' && !address.test(draft.publisher.trim())) {
    faults.publisher = m.sell_fault_publisher();
  }
  if (draft.name.trim() === '') faults.name = m.sell_fault_name();
  else if (draft.name.trim().length > most.name) faults.name = tooManyCharacters(most.name);
  if (draft.summary.trim() === '') faults.summary = m.sell_fault_summary();
  else if (draft.summary.trim().length > most.summary) faults.summary = tooManyCharacters(most.summary);
  if (draft.description.length > most.description) faults.description = tooManyCharacters(most.description);
  const tags = tagsOf(draft.tags);
  if (tags.length > most.tags || tags.some((tag) => tag.length > most.tag))
    faults.tags = m.sell_fault_tags({ tags: most.tags, characters: most.tag });
  if (draft.sourceUrl.trim() !== '' && !isWebAddress(draft.sourceUrl.trim())) {
    faults.sourceUrl = m.sell_fault_source();
  }
  const sample = parseSample(draft.sample);
  if (!sample.ok) faults.sample = sample.fault;
  if (draft.terms.trim() === '') faults.terms = m.sell_fault_terms();
  else if (bytes(draft.terms) > limits.document)
    faults.terms = m.sell_fault_terms_long({ most: limits.document / 1024 });
  if (pricePerSecondOf(draft) === null) {
    faults.amount = m.sell_fault_amount({ example: formatNumber(0.5), free: m.sell_free() });
  }
  if (draft.access === 'public' && !draft.free) {
    faults.free = m.sell_fault_public();
  }
  if (draft.boundary % draft.slotDuration !== 0 && draft.slotDuration % draft.boundary !== 0) {
    faults.boundary = m.sell_fault_boundary();
  }
  return { ...faults, ...offerFaults(draft, rules) };
}

function isWebAddress(text: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}

/** Tags as typed, separated by commas. */
export function tagsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim().toLowerCase())
        .filter((tag) => tag !== '')
    )
  ];
}
