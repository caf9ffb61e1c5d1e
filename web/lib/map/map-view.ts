import type { BoundingBox } from '#sdk/protocol/geography';
import { planeHeight, planeWidth, rectangleOf, type Rectangle } from './mercator.ts';

/** Where the map looks: a centre on the plane, and how many units of the plane lie side by side. */
export interface MapView {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Units of the closest view: about 300 km at the equator; the outline of the land says nothing finer. */
const closest = 3;

/** Latitudes that are seen where nothing else was asked for: where people live. */
export const inhabited: BoundingBox = [-180, -58, 180, 78];

/** What a view shows in a window of a shape. @param aspect Height by width. */
export function shownBy({ x, y, width }: MapView, aspect: number): Rectangle {
  const height = width * aspect;
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/** The same view, drawn back to where there is something to see. */
export function keepInside({ x, y, width }: MapView, aspect: number): MapView {
  const bounded = Math.min(Math.max(width, closest), planeWidth, Math.max(planeHeight / aspect, closest));
  const between = (value: number, half: number, whole: number) => Math.min(Math.max(value, half), whole - half);
  return {
    width: bounded,
    x: between(x, bounded / 2, planeWidth),
    y: between(y, (bounded * aspect) / 2, planeHeight)
  };
}

/** A view of boxes (west <= east) with some room around them; of none, that of the inhabited world. */
export function viewOf(boxes: readonly BoundingBox[], aspect: number): MapView {
  const rectangles = (boxes.length === 0 ? [inhabited] : boxes).map(rectangleOf);
  const x = Math.min(...rectangles.map((one) => one.x));
  const y = Math.min(...rectangles.map((one) => one.y));
  const right = Math.max(...rectangles.map((one) => one.x + one.width));
  const bottom = Math.max(...rectangles.map((one) => one.y + one.height));
  const room = boxes.length === 0 ? 1 : 1.25;
  // A single point would be seen so close that nobody knew where it is.
  const least = boxes.length === 0 ? 0 : 24;
  const width = Math.max((right - x) * room, ((bottom - y) * room) / aspect, least);
  return keepInside({ x: (x + right) / 2, y: (y + bottom) / 2, width }, aspect);
}

/** The view of exactly a box, such as one that was searched. */
export function viewOfArea(box: BoundingBox, aspect: number): MapView {
  const { x, y, width, height } = rectangleOf(box);
  return keepInside({ x: x + width / 2, y: y + height / 2, width: Math.max(width, height / aspect) }, aspect);
}

/** A view closer by a factor, with the point [x, y] staying where it is seen. */
export function zoomed(view: MapView, factor: number, [x, y]: readonly [number, number], aspect: number): MapView {
  const width = Math.min(Math.max(view.width / factor, closest), planeWidth);
  const by = width / view.width;
  return keepInside({ width, x: x + (view.x - x) * by, y: y + (view.y - y) * by }, aspect);
}
