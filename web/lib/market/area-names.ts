import { m } from '../generated/messages/messages.js';
import { formatNumber } from '../ui/format.ts';

/** The box of everything that has a place, as it stands in an address line. */
export const everywhere = '-180,-90,180,90';

const tenths = (value: number) => formatNumber(Math.abs(value), { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const latitude = (value: number) => (value < 0 ? m.market_south : m.market_north)({ degrees: tenths(value) });
const longitude = (value: number) => (value < 0 ? m.market_west : m.market_east)({ degrees: tenths(value) });

/** "5,45,11,48" (west, south, east, north) -> "45.0° N to 48.0° N, 5.0° E to 11.0° E". */
export function areaName(box: string): string {
  const [west = 0, south = 0, east = 0, north = 0] = box.split(',').map(Number);
  return m.market_area({
    south: latitude(south),
    north: latitude(north),
    west: longitude(west),
    east: longitude(east)
  });
}

/** "8.52,47.17" (longitude, latitude) and kilometres -> "within 50 km of 47.2° N, 8.5° E". */
export function nearName(position: string, kilometres: unknown): string {
  const [east = 0, north = 0] = position.split(',').map(Number);
  const distance = Number(kilometres);
  return m.market_near({
    distance: formatNumber(Number.isFinite(distance) ? distance : 50),
    latitude: latitude(north),
    longitude: longitude(east)
  });
}
