/** The box of everything that has a place, as it stands in an address line. */
export const everywhere = '-180,-90,180,90';

const latitude = (degrees: number) => `${Math.abs(degrees).toFixed(1)}° ${degrees < 0 ? 'S' : 'N'}`;
const longitude = (degrees: number) => `${Math.abs(degrees).toFixed(1)}° ${degrees < 0 ? 'W' : 'E'}`;

/** "5,45,11,48" (west, south, east, north) -> "45.0° N to 48.0° N, 5.0° E to 11.0° E". */
export function areaName(box: string): string {
  const [west = 0, south = 0, east = 0, north = 0] = box.split(',').map(Number);
  return `${latitude(south)} to ${latitude(north)}, ${longitude(west)} to ${longitude(east)}`;
}

/** "8.52,47.17" (longitude, latitude) and kilometres -> "within 50 km of 47.2° N, 8.5° E". */
export function nearName(position: string, kilometres: unknown): string {
  const [east = 0, north = 0] = position.split(',').map(Number);
  const distance = Number(kilometres);
  return `within ${String(Number.isFinite(distance) ? distance : 50)} km of ${latitude(north)}, ${longitude(east)}`;
}
