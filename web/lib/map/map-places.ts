import { boxesOf, type BoundingBox, type Place } from '#sdk/protocol/geography';
import { project, rectangleOf, type Rectangle } from './mercator.ts';

/** A place on the map, and whose it is: several places of one product share its id. */
export interface MapPlace {
  readonly id: string;
  /** In the tooltip. */
  readonly name: string;
  readonly place: Place;
  /** CSS colour. */
  readonly colour: string;
}

/** Degrees from which a box says no more than "everywhere". */
const everywhere = { width: 340, height: 140 };

export function isWorldwide(place: Place): boolean {
  if ('geometry' in place) return false;
  const [west, south, east, north] = place.bbox;
  return (west <= east ? east - west : 360 - west + east) >= everywhere.width && north - south >= everywhere.height;
}

/** Boxes (west <= east) of all places that are somewhere. */
export function boxesOfPlaces(places: readonly MapPlace[]): BoundingBox[] {
  return places.flatMap(({ place }) => (isWorldwide(place) ? [] : boxesOf(place)));
}

/** An area as it is drawn: one that lies across the antimeridian in two pieces. */
export interface DrawnArea {
  readonly place: MapPlace;
  readonly rectangle: Rectangle;
}
/** A point as it is drawn, on the plane. */
export interface DrawnPoint {
  readonly place: MapPlace;
  readonly x: number;
  readonly y: number;
}

/**
 * Places as the map draws them: points, and areas; an area too small to be seen is a point.
 *
 * @param smallest Units of the plane below which an area is a point.
 */
export function drawPlaces(
  places: readonly MapPlace[],
  smallest: number
): { readonly areas: readonly DrawnArea[]; readonly points: readonly DrawnPoint[] } {
  const areas: DrawnArea[] = [];
  const points: DrawnPoint[] = [];
  for (const place of places) {
    if (isWorldwide(place.place)) continue;
    if ('geometry' in place.place) {
      const [x, y] = project(place.place.geometry.coordinates);
      points.push({ place, x, y });
      continue;
    }
    for (const box of boxesOf(place.place)) {
      const rectangle = rectangleOf(box);
      const { x, y, width, height } = rectangle;
      if (Math.max(width, height) < smallest) points.push({ place, x: x + width / 2, y: y + height / 2 });
      else areas.push({ place, rectangle });
    }
  }
  // The largest lowest, so that each can be pointed at.
  areas.sort(
    (one, other) => other.rectangle.width * other.rectangle.height - one.rectangle.width * one.rectangle.height
  );
  return { areas, points };
}
