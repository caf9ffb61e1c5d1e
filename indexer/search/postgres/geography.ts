import { sql, type SQL } from 'drizzle-orm';
import { uncross, type BoundingBox, type Position } from '#sdk/protocol/geography';
import { searchPlace } from '../../schema.ts';

/** Mean radius of the earth, kilometres (IUGG). */
const radius = 6_371;
const kilometresPerDegree = (Math.PI * radius) / 180;

/** Products that cover a place in a box. */
export function inBox(product: SQL, box: BoundingBox): SQL {
  return sql`${product} in (select product from ${searchPlace} where ${overlaps([box])})`;
}

/** Products that cover a place at most so many kilometres from a position. */
export function nearTo(product: SQL, [longitude, latitude]: Position, within: number): SQL {
  const height = within / kilometresPerDegree;
  const south = latitude - height;
  const north = latitude + height;
  // where the circle holds a pole, it holds every longitude
  const widest = Math.max(Math.abs(south), Math.abs(north));
  const width =
    widest >= 90
      ? 180
      : (180 / Math.PI) * Math.asin(Math.min(1, Math.sin(within / radius) / Math.cos(radians(latitude))));
  const clipped = [Math.max(-90, south), Math.min(90, north)] as const;
  const box: BoundingBox =
    width >= 180
      ? [-180, clipped[0], 180, clipped[1]]
      : [around(longitude - width), clipped[0], around(longitude + width), clipped[1]];
  // the point of the area next to the position: on the same meridian where that is possible, else on its nearer edge
  const nearestLatitude = sql`least(greatest(${latitude}::float8, (area[1])[1]), (area[0])[1])`;
  const distances = [0, 360, -360].map((turn) => {
    const nearest = sql`least(greatest(${longitude + turn}::float8, (area[1])[0]), (area[0])[0])`;
    return sql`asind(least(1, sqrt(sind((${nearestLatitude} - ${latitude}) / 2) ^ 2
      + cosd(${latitude}) * cosd(${nearestLatitude}) * sind((${nearest} - ${longitude + turn}) / 2) ^ 2)))`;
  });
  return sql`${product} in (select product from ${searchPlace} where ${overlaps([box])}
    and ${2 * kilometresPerDegree} * least(${sql.join(distances, sql`, `)}) <= ${within})`;
}

function overlaps(boxes: readonly BoundingBox[]): SQL {
  const conditions = boxes
    .flatMap(uncross)
    .map(([west, south, east, north]) => sql`area && box(point(${east}, ${north}), point(${west}, ${south}))`);
  return sql`(${sql.join(conditions, sql` or `)})`;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

/** Any longitude -> the same one between -180 and 180. */
function around(longitude: number): number {
  return longitude < -180 ? longitude + 360 : longitude > 180 ? longitude - 360 : longitude;
}
