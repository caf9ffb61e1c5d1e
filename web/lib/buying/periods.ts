import { quoteLicense, type QuoteLicenseReturnType } from '#sdk/actions/quote-license';
import type { Offer } from '#sdk/protocol/offer';
import { formatPeriod } from '../ui/period.ts';

/** A period that can be bought: how it is called, exactly when it ends, and what it costs. */
export interface PeriodChoice extends QuoteLicenseReturnType {
  readonly id: string;
  readonly label: string;
}

export interface PeriodChoicesParameters {
  readonly offer: Pick<Offer, 'pricePerSecond' | 'minimumPeriod' | 'maximumPeriod' | 'boundary' | 'settlement'>;
  /** Unix seconds, by the chain. */
  readonly now: number;
  /** Unix seconds at which the buyer's licence ends; 0 where there is none. */
  readonly runningUntil: number;
}

const presets = [
  ['hour', 3_600],
  ['day', 86_400],
  ['week', 604_800],
  ['month', 2_592_000]
] as const;

/**
 * The usual periods, each with the exact end that this offer gives it. Periods that end alike, since the boundary is
 * coarser than they are or the seller sells no further ahead, are offered once, under a name that says how long it
 * really is. Empty where the licence runs so far ahead already that nothing can be added yet.
 */
export function periodChoices({ offer, now, runningUntil }: PeriodChoicesParameters): PeriodChoice[] {
  const choices = new Map<number, PeriodChoice>();
  for (const [id, seconds] of presets) {
    const quote = quoteLicense({ offer, seconds, now, runningUntil });
    if (quote.until > quote.latest || choices.has(quote.until)) continue;
    const length = quote.until - quote.from;
    const close = length >= seconds && quote.seconds <= 2 * seconds + 60;
    choices.set(quote.until, { ...quote, id, label: close ? `1 ${id}` : formatPeriod(length, 1) });
  }
  return [...choices.values()];
}

/** The period that ends at a chosen time, or at the first boundary after it. */
export function customPeriod(parameters: PeriodChoicesParameters, end: number): PeriodChoice {
  const { offer, now, runningUntil } = parameters;
  const seconds = Math.max(1, end - Math.max(now, runningUntil));
  return { ...quoteLicense({ offer, seconds, now, runningUntil }), id: 'custom', label: 'Until a time I choose' };
}
