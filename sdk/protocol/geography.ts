import * as z from 'zod';

/** Places on the earth in the forms of GeoJSON (RFC 7946): WGS 84, degrees, longitude before latitude. */

const longitudeSchema = z.number().min(-180).max(180);
const latitudeSchema = z.number().min(-90).max(90);

/** [longitude, latitude]. */
export const positionSchema = z.tuple([longitudeSchema, latitudeSchema]);
export type Position = z.infer<typeof positionSchema>;

/** A geometry of type Point (RFC 7946, section 3.1.2). */
export const pointSchema = z.object({ type: z.literal('Point'), coordinates: positionSchema });

/**
 * [west, south, east, north] (RFC 7946, section 5). West of greater longitude than east means that the box lies across
 * the antimeridian.
 */
export const boundingBoxSchema = z
  .tuple([longitudeSchema, latitudeSchema, longitudeSchema, latitudeSchema])
  .refine(([, south, , north]) => south <= north, 'must be [west, south, east, north] with south <= north');
export type BoundingBox = z.infer<typeof boundingBoxSchema>;

/** A place that data speak of: where it is, and how people call it. */
export const placeSchema = z.union([
  z.object({ name: z.string().trim().max(120).optional(), geometry: pointSchema }),
  z.object({ name: z.string().trim().max(120).optional(), bbox: boundingBoxSchema })
]);
export type Place = z.infer<typeof placeSchema>;

/**
 * Place -> boxes with west <= east: one, or two where it lies across the antimeridian. A point is a box without size.
 */
export function boxesOf(place: Place): BoundingBox[] {
  if ('geometry' in place) {
    const [longitude, latitude] = place.geometry.coordinates;
    return [[longitude, latitude, longitude, latitude]];
  }
  return uncross(place.bbox);
}

/** A box -> the same area as boxes with west <= east. */
export function uncross([west, south, east, north]: BoundingBox): BoundingBox[] {
  if (west <= east) return [[west, south, east, north]];
  return [
    [west, south, 180, north],
    [-180, south, east, north]
  ];
}
