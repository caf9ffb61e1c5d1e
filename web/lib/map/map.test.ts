import { describe, expect, it } from 'vitest';
import { clusterPoints } from './cluster.ts';
import { boxesOfPlaces, drawPlaces, isWorldwide, type MapPlace } from './map-places.ts';
import { inhabited, keepInside, shownBy, viewOf, viewOfArea, zoomed } from './map-view.ts';
import { boxOf, planeHeight, planeWidth, project, rectangleOf, unproject } from './mercator.ts';

const point = (id: string, longitude: number, latitude: number): MapPlace => ({
  id,
  name: id,
  colour: 'red',
  place: { geometry: { type: 'Point', coordinates: [longitude, latitude] } }
});
const area = (id: string, bbox: [number, number, number, number]): MapPlace => ({
  id,
  name: id,
  colour: 'red',
  place: { bbox }
});

describe('the plane', () => {
  it('is that of EPSG:3857', () => {
    expect(project([0, 0])).toEqual([180, planeHeight / 2]);
    // Seattle in EPSG:3857 is at x -13617713.4, y 6042037.1 metres.
    const [x, y] = project([-122.33, 47.61]);
    const metres = 20037508.342789244 / 180;
    expect((x - 180) * metres).toBeCloseTo(-13617713, -2);
    expect((planeHeight / 2 - y) * metres).toBeCloseTo(6042037, -3);
  });
  it.each([
    [-180, -84],
    [0, 0],
    [8.52, 47.17],
    [180, 84]
  ])('leads back to %d, %d', (longitude, latitude) => {
    const [back, up] = unproject(...project([longitude, latitude]));
    expect(back).toBeCloseTo(longitude, 9);
    expect(up).toBeCloseTo(latitude, 9);
  });
  it('has an edge where the poles would be without end', () => {
    expect(project([0, 90])[1]).toBeCloseTo(0, 9);
    expect(unproject(500, -500)).toEqual([180, 84].map((one) => expect.closeTo(one, 9) as unknown));
  });
  it('gives boxes as they stand in an address line', () => {
    expect(boxOf(rectangleOf([5.95, 45.81, 10.49, 47.81]))).toEqual([5.95, 45.81, 10.49, 47.81]);
  });
});

describe('the view', () => {
  it('never leaves the plane', () => {
    for (const view of [
      { x: -50, y: 0, width: 40 },
      { x: 400, y: 900, width: 1 },
      { x: 180, y: 100, width: 5_000 }
    ]) {
      const { x, y, width, height } = shownBy(keepInside(view, 0.5), 0.5);
      expect([x >= 0, y >= 0, x + width <= planeWidth, y + height <= planeHeight]).toEqual([true, true, true, true]);
    }
  });
  it('shows all boxes, and of none where people live', () => {
    const shown = boxOf(
      shownBy(
        viewOf(
          [
            [5, 45, 11, 48],
            [-4, 50, -3, 51]
          ],
          0.6
        ),
        0.6
      )
    );
    expect(shown[0]).toBeLessThan(-4);
    expect(shown[1]).toBeLessThan(45);
    expect(shown[2]).toBeGreaterThan(11);
    expect(shown[3]).toBeGreaterThan(51);
    expect(shownBy(viewOf([], 0.6), 0.6).width).toBe(planeWidth);
    expect(inhabited[1]).toBeLessThan(-54);
  });
  it('of a searched area holds that area', () => {
    const shown = boxOf(shownBy(viewOfArea([5, 45, 11, 48], 1), 1));
    expect(shown[0]).toBeLessThanOrEqual(5);
    expect(shown[3]).toBeGreaterThanOrEqual(48);
  });
  it('zooms towards what is pointed at', () => {
    const before = { x: 180, y: 170, width: 100 };
    const at = [200, 180] as const;
    const after = zoomed(before, 2, at, 0.5);
    expect(after.width).toBe(50);
    expect((at[0] - after.x) / after.width).toBeCloseTo((at[0] - before.x) / before.width, 9);
    expect((at[1] - after.y) / after.width).toBeCloseTo((at[1] - before.y) / before.width, 9);
  });
});

describe('places', () => {
  it('are drawn as points and areas; across the antimeridian in two pieces, everywhere not at all', () => {
    const drawn = drawPlaces(
      [
        point('a', 0, 0),
        area('b', [-10, -10, 10, 10]),
        area('c', [170, -20, -170, 0]),
        area('d', [-180, -90, 180, 90])
      ],
      1
    );
    expect(drawn.points.map(({ place }) => place.id)).toEqual(['a']);
    expect(drawn.areas.map(({ place }) => place.id).toSorted()).toEqual(['b', 'c', 'c']);
    expect(isWorldwide({ bbox: [-180, -90, 180, 90] })).toBe(true);
    expect(boxesOfPlaces([area('c', [170, -20, -170, 0]), area('d', [-180, -90, 180, 90])])).toHaveLength(2);
  });
  it('too small to be seen are points', () => {
    const { points, areas } = drawPlaces([area('a', [8, 47, 8.5, 47.2])], 2);
    expect(areas).toEqual([]);
    expect(points[0]?.x).toBeCloseTo(188.25, 9);
  });
  it('close together are one, and none is lost', () => {
    const places = Array.from({ length: 300 }, (_, index) => point(String(index % 40), (index * 37) % 170, index % 60));
    const { points } = drawPlaces(places, 1);
    const clusters = clusterPoints(points, 12);
    expect(clusters.length).toBeLessThan(120);
    expect(clusters.flatMap((cluster) => cluster.points)).toHaveLength(300);
    expect(
      clusterPoints(points, 0.000_1).every(({ points: together }) => new Set(together.map(({ x }) => x)).size === 1)
    ).toBe(true);
    const one = clusterPoints(drawPlaces([point('a', 0, 0), point('a', 1, 0), point('b', 0, 1)], 1).points, 5);
    expect(one.map(({ ids }) => ids)).toEqual([['a', 'b']]);
  });
});
