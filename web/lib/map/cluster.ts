import type { DrawnPoint } from './map-places.ts';

/** Points so close together that they are drawn as one. */
export interface Cluster {
  readonly x: number;
  readonly y: number;
  readonly points: readonly DrawnPoint[];
  /** Whose places they are, each once. */
  readonly ids: readonly string[];
}

/**
 * Brings together points that are closer than a distance: each to the first cluster whose place it is near, so that the
 * same points always give the same clusters. Cells of that distance keep it from comparing all with all.
 *
 * @param distance Units of the plane.
 */
export function clusterPoints(points: readonly DrawnPoint[], distance: number): Cluster[] {
  const clusters: { x: number; y: number; points: DrawnPoint[] }[] = [];
  const cells = new Map<string, (typeof clusters)[number][]>();
  const cellOf = (value: number) => Math.floor(value / distance);
  for (const point of points) {
    const column = cellOf(point.x);
    const row = cellOf(point.y);
    let near: (typeof clusters)[number] | undefined;
    for (const across of [0, -1, 1]) {
      for (const down of [0, -1, 1]) {
        near ??= cells
          .get(`${String(column + across)}:${String(row + down)}`)
          ?.find(({ x, y }) => Math.hypot(x - point.x, y - point.y) < distance);
      }
    }
    if (near) near.points.push(point);
    else {
      const made = { x: point.x, y: point.y, points: [point] };
      clusters.push(made);
      const cell = `${String(column)}:${String(row)}`;
      cells.set(cell, [...(cells.get(cell) ?? []), made]);
    }
  }
  return clusters.map(({ points: together }) => ({
    x: together.reduce((sum, { x }) => sum + x, 0) / together.length,
    y: together.reduce((sum, { y }) => sum + y, 0) / together.length,
    points: together,
    ids: [...new Set(together.map(({ place }) => place.id))]
  }));
}
