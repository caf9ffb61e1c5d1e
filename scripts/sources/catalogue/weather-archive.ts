import { cityWeather } from '../feeds/city-weather.ts';
import { playback } from '../feeds/playback.ts';
import { numberOf, readTable } from '../feeds/recording.ts';
import { hour, minute } from './source.ts';
import type { SellerSource } from './source.ts';
import { termsOf, usualRights } from './terms.ts';

const seller = 'Cascade Weather Works';
const noaa = { name: 'NOAA National Climatic Data Center', url: 'https://www.ncdc.noaa.gov/cdo-web/' };

const cities = [
  { name: 'Helsinki', latitude: 60.17, longitude: 24.94 },
  { name: 'Zug', latitude: 47.17, longitude: 8.52 },
  { name: 'London', latitude: 51.51, longitude: -0.13 },
  { name: 'Lagos', latitude: 6.52, longitude: 3.38 },
  { name: 'Mumbai', latitude: 19.08, longitude: 72.88 },
  { name: 'Singapore', latitude: 1.35, longitude: 103.82 },
  { name: 'Tokyo', latitude: 35.68, longitude: 139.69 },
  { name: 'Sydney', latitude: -33.87, longitude: 151.21 },
  { name: 'São Paulo', latitude: -23.55, longitude: -46.63 },
  { name: 'Seattle', latitude: 47.61, longitude: -122.33 }
];

/** Weather: two records of Seattle played back, and cities of the world as they are now. */
export function weatherArchive(timeout: number, forecastUrl: string): SellerSource {
  return {
    account: 3,
    name: seller,
    streams: [
      {
        key: 'seattle-daily',
        name: 'Seattle day by day, played back',
        description: 'Rain, temperature and wind of every day in Seattle from 2012 to 2015.',
        fields: [
          { name: 'precipitation', description: 'Rain and snow of the day', unit: 'mm' },
          { name: 'temperatureMax', description: 'Highest temperature', unit: '°C' },
          { name: 'temperatureMin', description: 'Lowest temperature', unit: '°C' },
          { name: 'wind', description: 'Mean wind speed', unit: 'm/s' },
          { name: 'weather', description: 'sun, fog, drizzle, rain or snow' },
          { name: 'day', description: 'Day of the observation' }
        ],
        feed: playback(2, () =>
          readTable('seattle-weather.csv').map((row) => ({
            precipitation: numberOf(row.precipitation),
            temperatureMax: numberOf(row.temp_max),
            temperatureMin: numberOf(row.temp_min),
            wind: numberOf(row.wind),
            weather: row.weather,
            day: row.date
          }))
        )
      },
      {
        key: 'seattle-hourly',
        name: 'A usual year in Seattle, played back',
        description:
          'Pressure, temperature and wind of every hour of a usual year in Seattle: normals of 1981 to 2010.',
        fields: [
          { name: 'pressure', description: 'Air pressure', unit: 'hPa' },
          { name: 'temperature', description: 'Air temperature', unit: '°C' },
          { name: 'wind', description: 'Wind speed', unit: 'm/s' },
          { name: 'hour', description: 'Hour of the year, local time; the year 2010 stands for any' }
        ],
        feed: playback(1, () =>
          readTable('seattle-weather-hourly-normals.csv').map((row) => ({
            pressure: numberOf(row.pressure),
            temperature: numberOf(row.temperature),
            wind: numberOf(row.wind),
            hour: row.date
          }))
        )
      },
      {
        key: 'city-weather',
        name: 'Weather of ten cities',
        description: 'Current conditions in ten cities around the world, one city every half minute.',
        fields: [
          { name: 'city', description: 'Name of the city' },
          { name: 'latitude', description: 'Latitude', unit: '°' },
          { name: 'longitude', description: 'Longitude', unit: '°' },
          { name: 'temperature', description: 'Air temperature at 2 m', unit: '°C' },
          { name: 'humidity', description: 'Relative humidity at 2 m', unit: '%' },
          { name: 'precipitation', description: 'Rain, showers and snow of the last quarter of an hour', unit: 'mm' },
          { name: 'pressure', description: 'Air pressure at the surface', unit: 'hPa' },
          { name: 'windSpeed', description: 'Wind speed at 10 m', unit: 'km/h' },
          { name: 'windDirection', description: 'Where the wind comes from', unit: '°' },
          { name: 'weatherCode', description: 'WMO weather code' },
          { name: 'observedAt', description: 'Time of the conditions, UTC' }
        ],
        feed: cityWeather(forecastUrl, cities, 30, timeout),
        internet: true
      }
    ],
    products: [
      {
        key: 'seattle-daily',
        name: 'Four years of Seattle weather',
        summary: 'Rain, temperature and wind of every day from 2012 to 2015, a day every two seconds.',
        description: `1,461 days from the station at Seattle, played back a day every two seconds: **a year passes in twelve minutes**.

Paid only if it comes: 140 days within five minutes, counted from the next full minute on, or all flows back.

The column \`weather\` sums a day up in one word, which makes this a friendly stream for first attempts at classification.`,
        category: 'weather',
        tags: ['seattle', 'rain', 'temperature', 'daily', 'history'],
        streams: ['seattle-daily'],
        terms: termsOf({
          seller,
          product: 'Four years of Seattle weather',
          promise: 'Observations are those of the station; the word for the weather was derived from several of them.',
          attribution: 'NOAA National Climatic Data Center',
          ...usualRights
        }),
        pricePerHour: '0.5',
        settlement: 'after-events',
        // short, so that one can watch the payment being released
        delivery: { events: 140n, period: 5 * minute },
        boundary: minute,
        minimumPeriod: 5 * minute,
        cadence: 2,
        coverage: {
          places: [{ name: 'Seattle', geometry: { type: 'Point', coordinates: [-122.33, 47.61] } }],
          regions: ['US'],
          time: { from: '2012-01-01', until: '2015-12-31' }
        },
        recorded: true,
        origin: noaa
      },
      {
        key: 'seattle-hourly',
        name: 'Climate normals by the hour',
        summary: 'What an hour in Seattle is usually like: pressure, temperature and wind, an hour every second.',
        description: `Climate normals are what forecasts are measured against: the mean of thirty years for each of the 8,759 hours of a year.

Lay them beside *Four years of Seattle weather* to see how unusual a day was. Sold by the minute.`,
        category: 'weather',
        tags: ['climate normals', 'seattle', 'hourly', 'baseline'],
        streams: ['seattle-hourly'],
        terms: termsOf({
          seller,
          product: 'Climate normals by the hour',
          promise: 'Values are the published normals of 1981 to 2010.',
          attribution: 'NOAA National Climatic Data Center',
          ...usualRights
        }),
        pricePerHour: '0.9',
        settlement: 'by-second',
        boundary: minute,
        minimumPeriod: 5 * minute,
        cadence: 1,
        coverage: {
          places: [{ name: 'Seattle', geometry: { type: 'Point', coordinates: [-122.33, 47.61] } }],
          regions: ['US'],
          time: { from: '1981-01-01', until: '2010-12-31' }
        },
        recorded: true,
        origin: noaa
      },
      {
        key: 'city-weather',
        name: 'Weather now, in ten cities',
        summary: 'Temperature, rain, wind and pressure from Helsinki to Sydney, one city every half minute.',
        description: `Ten cities on five continents, each asked every five minutes: ${cities.map(({ name }) => name).join(', ')}.

Conditions are those of the best weather model for the place, as open-meteo publishes them.`,
        category: 'weather',
        tags: ['cities', 'temperature', 'wind', 'live', 'world'],
        streams: ['city-weather'],
        terms: termsOf({
          seller,
          product: 'Weather now, in ten cities',
          promise: 'Conditions are passed on as they come, as long as the original source answers.',
          attribution: 'Weather data by Open-Meteo.com, CC BY 4.0',
          ...usualRights
        }),
        pricePerHour: '0.4',
        boundary: hour,
        minimumPeriod: hour,
        cadence: 30,
        coverage: {
          places: cities.map(({ name, latitude, longitude }) => ({
            name,
            geometry: { type: 'Point', coordinates: [longitude, latitude] }
          }))
        },
        origin: { name: 'Open-Meteo', url: 'https://open-meteo.com/' }
      }
    ]
  };
}
