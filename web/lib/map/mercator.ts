import type { BoundingBox, Position } from '#sdk/protocol/geography';

/**
 * The map's plane: Web Mercator (EPSG:3857) in units of a 360th of the equator, x from 0 at 180° west, y from 0 at the
 * northern edge downwards. A box of degrees is a rectangle on it, which is what a search by area needs.
 */

/** Degrees of latitude beyond which nothing is drawn: towards a pole the plane grows without end. */
export const latitudeLimit = 84;

const radians = Math.PI / 180;
const stretched = (latitude: number) => Math.log(Math.tan(Math.PI / 4 + (latitude * radians) / 2)) / radians;
const top = stretched(latitudeLimit);

/** Width and height of the plane. */
export const planeWidth = 360;
export const planeHeight = 2 * top;

/** [longitude, latitude] -> [x, y]; what lies beyond the limit of latitude is on the edge. */
export function project([longitude, latitude]: Position): [x: number, y: number] {
  const bounded = Math.min(Math.max(latitude, -latitudeLimit), latitudeLimit);
  return [longitude + 180, top - stretched(bounded)];
}

/** [x, y] -> [longitude, latitude]; outside of the plane the nearest that lies on it. */
export function unproject(x: number, y: number): Position {
  const stretchedLatitude = Math.min(Math.max(top - y, -top), top);
  const latitude = (2 * Math.atan(Math.exp(stretchedLatitude * radians)) - Math.PI / 2) / radians;
  return [Math.min(Math.max(x - 180, -180), 180), latitude];
}

/** A rectangle on the plane. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A box with west <= east -> its rectangle. */
export function rectangleOf([west, south, east, north]: BoundingBox): Rectangle {
  const [x, y] = project([west, north]);
  const [right, bottom] = project([east, south]);
  return { x, y, width: right - x, height: bottom - y };
}

/** A rectangle -> its box, to a thousandth of a degree (about 100 m), as it stands in an address line. */
export function boxOf({ x, y, width, height }: Rectangle): BoundingBox {
  const [west, north] = unproject(x, y);
  const [east, south] = unproject(x + width, y + height);
  const short = (degrees: number) => Math.round(degrees * 1000) / 1000;
  return [short(west), short(south), short(east), short(north)];
}
