import { geoGraticule, geoMercator, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import landUrl from 'world-atlas/land-110m.json?url';
import { planeHeight, planeWidth } from './mercator.ts';

/** Outlines on the map's plane as SVG paths. */
export interface Outlines {
  /** Land (Natural Earth, 1:110 million). */
  readonly land: string;
  /** Meridians and parallels, every 30 degrees. */
  readonly grid: string;
}

let outlines: Promise<Outlines> | undefined;

/** The outlines, fetched once from this market itself. Rejects where they cannot be had; a later call tries again. */
export function loadOutlines(): Promise<Outlines> {
  outlines ??= draw().catch((error: unknown) => {
    outlines = undefined;
    throw error;
  });
  return outlines;
}

async function draw(): Promise<Outlines> {
  const response = await fetch(landUrl);
  const topology = (await response.json()) as Parameters<typeof feature>[0];
  const { land } = topology.objects;
  const projection = geoMercator()
    .scale(planeWidth / (2 * Math.PI))
    .translate([planeWidth / 2, planeHeight / 2])
    // What lies beyond the edges would make huge paths.
    .clipExtent([
      [0, 0],
      [planeWidth, planeHeight]
    ]);
  const path = geoPath(projection).digits(2);
  return {
    land: land === undefined ? '' : (path(feature(topology, land)) ?? ''),
    grid: path(geoGraticule().step([30, 30])()) ?? ''
  };
}
