import type { BoundingBox, Position } from '#sdk/protocol/geography';

/** Mean radius of the earth, kilometres (IUGG). */
const radius = 6_371;
export const kilometresPerDegree = (Math.PI * radius) / 180;

/** The box around everything that is at most so many kilometres from a position. */
export function boxAround([longitude, latitude]: Position, within: number): BoundingBox {
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
  return width >= 180
    ? [-180, clipped[0], 180, clipped[1]]
    : [around(longitude - width), clipped[0], around(longitude + width), clipped[1]];
}

/**
 * Kilometres from a position to the point of a box next to it: on the same meridian where that is possible, else on the
 * box's nearer edge.
 */
export function distanceTo([longitude, latitude]: Position, [west, south, east, north]: BoundingBox): number {
  const nearestLatitude = Math.min(Math.max(latitude, south), north);
  const distances = [0, 360, -360].map((turn) => {
    const nearest = Math.min(Math.max(longitude + turn, west), east);
    return Math.asin(
      Math.min(
        1,
        Math.sqrt(
          Math.sin(radians(nearestLatitude - latitude) / 2) ** 2 +
            Math.cos(radians(latitude)) *
              Math.cos(radians(nearestLatitude)) *
              Math.sin(radians(nearest - longitude - turn) / 2) ** 2
        )
      )
    );
  });
  return 2 * radius * Math.min(...distances);
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

/** Any longitude -> the same one between -180 and 180. */
function around(longitude: number): number {
  return longitude < -180 ? longitude + 360 : longitude > 180 ? longitude - 360 : longitude;
}
