import { sql, type SQL } from 'drizzle-orm';
import { uncross, type BoundingBox, type Position } from '#sdk/protocol/geography';
import { searchPlace } from '../../schema.ts';
import { boxAround, kilometresPerDegree } from '../circle.ts';

/** Products that cover a place in a box. */
export function inBox(product: SQL, box: BoundingBox): SQL {
  return sql`${product} in (select product from ${searchPlace} where ${overlaps([box])})`;
}

/** Products that cover a place at most so many kilometres from a position. */
export function nearTo(product: SQL, [longitude, latitude]: Position, within: number): SQL {
  const box = boxAround([longitude, latitude], within);
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
