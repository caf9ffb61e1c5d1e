import { quoteLicense, type QuoteLicenseReturnType } from '#sdk/actions/quote-license';
import type { Offer } from '#sdk/protocol/offer';
import { formatPeriod } from '../ui/period.ts';
import { m } from '../generated/messages/messages.js';
import { formatUnits } from '../ui/format.ts';

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
    choices.set(quote.until, { ...quote, id, label: close ? formatUnits(1, id) : formatPeriod(length, 1) });
  }
  return [...choices.values()];
}

/** The period that ends at a chosen time, or at the first boundary after it. */
export function customPeriod(parameters: PeriodChoicesParameters, end: number): PeriodChoice {
  const { offer, now, runningUntil } = parameters;
  const seconds = Math.max(1, end - Math.max(now, runningUntil));
  return { ...quoteLicense({ offer, seconds, now, runningUntil }), id: 'custom', label: m.buying_period_custom() };
}

const calendar = [
  ['tonight', m.buying_period_tonight, 6 * 3_600],
  ['week', m.buying_period_week, 86_400],
  ['month', m.buying_period_month, 86_400]
] as const;

/**
 * When tonight, this week and this month end where the buyer is: midnight, Monday's (ISO 8601) and the next month's
 * first. All in Unix seconds.
 */
export function calendarEnds(seconds: number): Record<'tonight' | 'week' | 'month', number> {
  const now = new Date(seconds * 1000);
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const unix = (date: Date) => Math.floor(date.getTime() / 1000);
  return {
    tonight: unix(new Date(year, month, day + 1)),
    week: unix(new Date(year, month, day + toMonday)),
    month: unix(new Date(year, month + 1, 1))
  };
}

/**
 * Periods that end with the day, the week and the month. Left out is what the offer's boundary or its limit would move
 * so far that the name were untrue, what ends like one before, and what lies in the licence that runs already.
 */
export function calendarChoices(
  parameters: PeriodChoicesParameters,
  ends: ReturnType<typeof calendarEnds>
): PeriodChoice[] {
  const choices = new Map<number, PeriodChoice>();
  for (const [id, label, slack] of calendar) {
    const end = ends[id];
    if (end <= Math.max(parameters.now, parameters.runningUntil)) continue;
    const choice = customPeriod(parameters, end);
    if (choice.until < end || choice.until - end > slack || choice.until > choice.latest) continue;
    if (!choices.has(choice.until)) choices.set(choice.until, { ...choice, id, label: label() });
  }
  return [...choices.values()];
}

/** Unix seconds of a local date and time as an input of type datetime-local has it; null where it is none. */
export function secondsOfLocal(text: string): number | null {
  const seconds = Math.floor(new Date(text).getTime() / 1000);
  return Number.isFinite(seconds) ? seconds : null;
}

/** The other way round, to the minute. */
export function localOfSeconds(seconds: number): string {
  const offset = new Date(seconds * 1000).getTimezoneOffset() * 60;
  return new Date((seconds - offset) * 1000).toISOString().slice(0, 16);
}
