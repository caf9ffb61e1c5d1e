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

/** What must be changed before the draft can be published, by field, in the order of the form. */
export function faultsOf(draft: Draft, rules: SellRules): Faults {
  const faults: Faults = {};
  if (draft.streamMode === 'existing') {
    if (!address.test(draft.streamAddress.trim())) faults.streamAddress = 'Choose a stream, or create a new one.';
  } else {
    if (draft.streamName.trim() === '') faults.streamName = 'Give the stream a name.';
    else if (bytes(draft.streamName) > limits.streamName) faults.streamName = 'Shorten it to 128 bytes.';
    if (bytes(draft.streamDescription) > limits.streamDescription)
      faults.streamDescription = 'Shorten it to 1,024 bytes.';
  }
  if (draft.publisher.trim() !== '' && !address.test(draft.publisher.trim())) {
    faults.publisher = 'Write an address: 0x and 40 hexadecimal digits; or leave it empty.';
  }
  if (draft.name.trim() === '') faults.name = 'Give the product a name.';
  else if (draft.name.trim().length > 120) faults.name = 'Shorten it to 120 characters.';
  if (draft.summary.trim() === '') faults.summary = 'Say in one sentence what it is.';
  else if (draft.summary.trim().length > 280) faults.summary = 'Shorten it to 280 characters.';
  if (draft.description.length > 20_000) faults.description = 'Shorten it to 20,000 characters.';
  const tags = tagsOf(draft.tags);
  if (tags.length > 12 || tags.some((tag) => tag.length > 32))
    faults.tags = 'At most 12 tags of at most 32 characters.';
  if (draft.sourceUrl.trim() !== '' && !isWebAddress(draft.sourceUrl.trim())) {
    faults.sourceUrl = 'Write a web address that begins with https:// or http://.';
  }
  const sample = parseSample(draft.sample);
  if (!sample.ok) faults.sample = sample.fault;
  if (draft.terms.trim() === '') faults.terms = 'Write terms, or choose a template: a buyer must know what it may do.';
  else if (bytes(draft.terms) > limits.document) faults.terms = 'Shorten them to 128 KiB.';
  if (pricePerSecondOf(draft) === null) {
    faults.amount = 'Write an amount such as 0.5, or choose "Free".';
  }
  if (draft.access === 'public' && !draft.free) {
    faults.free = 'Everyone may read this stream: make it free, or let licence holders alone read it.';
  }
  if (draft.boundary % draft.slotDuration !== 0 && draft.slotDuration % draft.boundary !== 0) {
    faults.boundary = 'Choose a boundary that fits the key slots.';
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
