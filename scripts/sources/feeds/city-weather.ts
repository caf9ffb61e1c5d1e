import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Content, Feed } from './feed.ts';
import { fetchJson } from './fetch-json.ts';

/** Current conditions as open-meteo gives them: https://open-meteo.com/en/docs. */
const weatherSchema = z.object({
  current: z.object({
    time: z.string().max(30),
    temperature_2m: z.number(),
    relative_humidity_2m: z.number(),
    precipitation: z.number(),
    surface_pressure: z.number(),
    wind_speed_10m: z.number(),
    wind_direction_10m: z.number(),
    weather_code: z.number()
  })
});

export interface City {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
}

/**
 * Current weather of some cities, one after the other.
 *
 * @param url The forecast API.
 * @param seconds Between two cities.
 * @param timeout Milliseconds within which it must answer.
 */
export function cityWeather(url: string, cities: readonly City[], seconds: number, timeout: number): Feed {
  const look = async (city: City, signal: AbortSignal): Promise<Content> => {
    const address = new URL(url);
    address.search = new URLSearchParams({
      latitude: String(city.latitude),
      longitude: String(city.longitude),
      current: Object.keys(weatherSchema.shape.current.shape)
        .filter((field) => field !== 'time')
        .join(','),
      timezone: 'UTC'
    }).toString();
    const { current } = await fetchJson(address.toString(), weatherSchema, signal, timeout);
    return {
      city: city.name,
      latitude: city.latitude,
      longitude: city.longitude,
      temperature: current.temperature_2m,
      humidity: current.relative_humidity_2m,
      precipitation: current.precipitation,
      pressure: current.surface_pressure,
      windSpeed: current.wind_speed_10m,
      windDirection: current.wind_direction_10m,
      weatherCode: current.weather_code,
      observedAt: `${current.time}Z`
    };
  };
  return {
    sample: (signal) => Promise.all(cities.slice(0, 3).map((city) => look(city, signal))),
    run: async (emit, signal) => {
      for (let turn = 0; !signal.aborted; turn++) {
        const city = cities[turn % cities.length];
        if (city !== undefined) emit(await look(city, signal));
        await sleep(seconds * 1000, undefined, { signal });
      }
    }
  };
}
