import type { HourlyEvents } from '#sdk/protocol/discovery';
import { m } from '../generated/messages/messages.js';
import { formatNumber } from '../ui/format.ts';

/** How a product's rate went in the last 24 hours, ready to be drawn: the server makes it, the browser only shows it. */
export interface DayCourse {
  /** SVG path of the hours that are known, 24 wide and 100 high; filled down to its foot by itself. */
  readonly path: string;
  /** The same in words. */
  readonly label: string;
  /** Events per hour of the highest hour, as the page's language writes it. */
  readonly peak: string;
}

const hours = 24;
/** Minutes of an hour that say how it went; fewer say too little. */
const telling = 5;
const foot = 100;
/** Height of the highest hour, and that of one without events: a line at the foot, not nothing. */
const [highest, lowest] = [92, 2];

/**
 * Hours -> their drawing. Hours of which too few minutes were watched stay empty; of those watched in part, the rate is
 * that of the minutes watched.
 *
 * @returns null where no hour is known.
 */
export function dayCourse(hourly: HourlyEvents | null): DayCourse | null {
  const rates = ratesOf(hourly);
  const known = rates.filter((rate) => rate !== null);
  if (known.length === 0) return null;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const said = { least: inWords(least), most: inWords(most) };
  return {
    path: pathOf(rates, most),
    label: known.length < hours ? m.cards_course_part({ hours: known.length, ...said }) : m.cards_course(said),
    peak: inWords(most)
  };
}

/** Events per hour; null where it is not known. */
function ratesOf(hourly: HourlyEvents | null): (number | null)[] {
  return (hourly?.events ?? []).map((events, hour) => {
    const observed = hourly?.observed[hour] ?? 0;
    return events === null || observed < telling ? null : (events * 60) / observed;
  });
}

/** A step for every hour, an outline for every stretch of hours that are known. */
function pathOf(rates: readonly (number | null)[], most: number): string {
  let path = '';
  let before: number | null = null;
  for (const [hour, rate] of rates.entries()) {
    const top = rate === null ? null : Math.round(foot - lowest - (rate / (most || 1)) * (highest - lowest));
    if (top === null && before !== null) path += `V${String(foot)}`;
    if (top !== null) {
      if (before === null) path += `M${String(hour)} ${String(foot)}`;
      if (top !== before) path += `V${String(top)}`;
      path += `H${String(hour + 1)}`;
    }
    before = top;
  }
  return before === null ? path : `${path}V${String(foot)}`;
}

/** Whole events, but for rates so low that they would be none. */
function inWords(rate: number): string {
  return formatNumber(rate, { maximumFractionDigits: rate < 10 ? 1 : 0 });
}
