import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Content, Feed } from './feed.ts';
import { fetchJson } from './fetch-json.ts';

/** What of the GeoJSON summary is used: https://earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php. */
export const earthquakesSchema = z.object({
  features: z
    .array(
      z.object({
        id: z.string().max(64),
        properties: z.object({
          mag: z.number().nullable(),
          place: z.string().max(300).nullable(),
          time: z.number(),
          updated: z.number(),
          magType: z.string().nullable(),
          type: z.string(),
          status: z.string(),
          tsunami: z.number(),
          sig: z.number()
        }),
        geometry: z.object({ coordinates: z.tuple([z.number(), z.number(), z.number()]) })
      })
    )
    .max(20_000)
});
export type Earthquake = z.infer<typeof earthquakesSchema>['features'][number];

export function earthquakeContent({ id, properties, geometry }: Earthquake): Content {
  const [longitude, latitude, depth] = geometry.coordinates;
  return {
    id,
    magnitude: properties.mag,
    magnitudeType: properties.magType,
    place: properties.place,
    latitude,
    longitude,
    depth,
    kind: properties.type,
    review: properties.status,
    significance: properties.sig,
    tsunami: properties.tsunami === 1,
    occurredAt: new Date(properties.time).toISOString()
  };
}

/**
 * Earthquakes as the USGS reports them: every new one, and every one whose report changed.
 *
 * @param url A GeoJSON summary.
 * @param seconds Between two looks at it.
 * @param timeout Milliseconds within which it must answer.
 */
export function reportedEarthquakes(url: string, seconds: number, timeout: number): Feed {
  const seen = new Map<string, number>();
  const look = async (signal: AbortSignal) =>
    (await fetchJson(url, earthquakesSchema, signal, timeout)).features.toSorted(
      (a, b) => a.properties.updated - b.properties.updated
    );
  return {
    sample: async (signal) => (await look(signal)).slice(-5).map(earthquakeContent),
    run: async (emit, signal) => {
      while (!signal.aborted) {
        const present = await look(signal);
        const changed = present.filter(({ id, properties }) => seen.get(id) !== properties.updated);
        if (changed.length > 0) {
          emit(
            ...changed.map((earthquake) => ({ ...earthquakeContent(earthquake), revised: seen.has(earthquake.id) }))
          );
        }
        for (const { id, properties } of changed) seen.set(id, properties.updated);
        const ids = new Set(present.map(({ id }) => id));
        for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id);
        await sleep(seconds * 1000, undefined, { signal });
      }
    }
  };
}
