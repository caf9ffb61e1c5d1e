/** A point of a line in a box of 100 by 100, the origin at the top left. */
interface Place {
  readonly x: number;
  readonly y: number;
}

export interface KarmaLine {
  /** SVG paths: what was, and what will be if nothing is added. */
  readonly past: string;
  readonly future: string;
  /** Where now is, 0 to 100. */
  readonly now: number;
  /** The most points, wei. */
  readonly most: bigint;
}

/**
 * Karma over time -> a line, parted now. Null where there was none at any time.
 *
 * @param now Unix seconds.
 */
export function karmaLine(
  course: readonly { readonly at: number; readonly points: string }[],
  now: number
): KarmaLine | null {
  const points = course.map(({ at, points: wei }) => ({ at, wei: BigInt(wei) }));
  const most = points.reduce((highest, { wei }) => (wei > highest ? wei : highest), 0n);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || most === 0n || last.at === first.at) return null;
  const acrossOf = (at: number) => ((at - first.at) / (last.at - first.at)) * 100;
  // exact enough to be drawn
  const placeOf = ({ at, wei }: (typeof points)[number]): Place => ({
    x: acrossOf(at),
    y: 98 - Number((wei * 9_400n) / most) / 100
  });
  const places = points.map(placeOf);
  const past = places.filter((_, index) => (points[index]?.at ?? 0) <= now);
  const future = [...past.slice(-1), ...places.slice(past.length)];
  return { past: path(past), future: path(future), now: Math.min(100, Math.max(0, acrossOf(now))), most };
}

function path(places: readonly Place[]): string {
  return places.length === 0 ? '' : `M${places.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
}
