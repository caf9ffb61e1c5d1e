/**
 * Reads the filter expressions that are sent to Meilisearch, as its documentation has them. For tests: what an expression
 * means is checked here without Meilisearch; whether Meilisearch means the same is not.
 */

/** A document meets a filter. */
export type Meets = (document: Readonly<Record<string, unknown>>) => boolean;

/** An expression is none. */
class FilterSyntaxError extends SyntaxError {}

const tokenPattern = /\s*("(?:\\.|[^"\\])*"|[()[\],]|>=|<=|=|>|<|[\w.-]+)/gy;

/** @param filterable Attributes that may be filtered by; others are refused, as by Meilisearch. */
export function readFilter(expression: string, filterable: readonly string[]): Meets {
  const tokens: string[] = [];
  let end = 0;
  for (const match of expression.matchAll(tokenPattern)) {
    tokens.push(match[1] ?? '');
    end = match.index + match[0].length;
  }
  if (end !== expression.trimEnd().length) throw new FilterSyntaxError(`unexpected: ${expression.slice(end)}`);
  let next = 0;
  const take = (wanted?: string): string => {
    const token = tokens[next++];
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new FilterSyntaxError(`${wanted ?? 'more'} is missing at ${String(next)} of ${expression}`);
    }
    return token;
  };

  function anyOf(): Meets {
    const parts = [allOf()];
    while (tokens[next] === 'OR') {
      next += 1;
      parts.push(allOf());
    }
    return (document) => parts.some((part) => part(document));
  }

  function allOf(): Meets {
    const parts = [one()];
    while (tokens[next] === 'AND') {
      next += 1;
      parts.push(one());
    }
    return (document) => parts.every((part) => part(document));
  }

  function one(): Meets {
    const token = take();
    if (token === '(') {
      const inner = anyOf();
      take(')');
      return inner;
    }
    if (token === '_geoBoundingBox') return inBox();
    if (token === '_geoRadius') return inCircle();
    if (!filterable.includes(token)) throw new FilterSyntaxError(`${token} is not filterable`);
    const operator = take();
    if (operator === 'IN') {
      const values = list();
      return (document) => valuesOf(document[token]).some((value) => values.includes(String(value)));
    }
    const wanted = unquote(take());
    return (document) => valuesOf(document[token]).some((value) => compares(value, operator, wanted));
  }

  function list(): string[] {
    const values: string[] = [];
    take('[');
    while (tokens[next] !== ']') {
      values.push(unquote(take()));
      if (tokens[next] === ',') next += 1;
    }
    take(']');
    return values;
  }

  function inBox(): Meets {
    take('(');
    const [north = NaN, east = NaN] = list().map(Number);
    take(',');
    const [south = NaN, west = NaN] = list().map(Number);
    take(')');
    return (document) => {
      const point = pointOf(document);
      return point !== null && point.lat >= south && point.lat <= north && point.lng >= west && point.lng <= east;
    };
  }

  function inCircle(): Meets {
    take('(');
    const numbers = [Number(take())];
    while (tokens[next] === ',') {
      next += 1;
      numbers.push(Number(take()));
    }
    take(')');
    const [lat = NaN, lng = NaN, metres = NaN] = numbers;
    return (document) => {
      const point = pointOf(document);
      return point !== null && metresBetween(point, { lat, lng }) <= metres;
    };
  }

  const meets = anyOf();
  if (next !== tokens.length) throw new FilterSyntaxError(`unexpected ${tokens[next] ?? ''} in ${expression}`);
  return meets;
}

const valuesOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]);

function unquote(token: string): string {
  return token.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, '$1') : token;
}

/** Values are texts, numbers or truths. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function compares(value: unknown, operator: string, wanted: string): boolean {
  if (value === undefined || value === null) return false;
  if (operator === '=') {
    return typeof value === 'number' ? value === Number(wanted) : textOf(value).toLowerCase() === wanted.toLowerCase();
  }
  // texts are compared letter by letter, numbers as numbers
  const number = typeof value === 'number' ? Number(wanted) : wanted;
  if ((typeof value !== 'number' && typeof value !== 'string') || Number.isNaN(number)) return false;
  switch (operator) {
    case '>':
      return value > number;
    case '>=':
      return value >= number;
    case '<':
      return value < number;
    case '<=':
      return value <= number;
    default:
      throw new FilterSyntaxError(`${operator} is no operator`);
  }
}

interface Point {
  readonly lat: number;
  readonly lng: number;
}

function pointOf(document: Readonly<Record<string, unknown>>): Point | null {
  return (document['_geo'] as Point | undefined) ?? null;
}

function metresBetween(one: Point, other: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2;
  const chord =
    half(one.lat, other.lat) + Math.cos(radians(one.lat)) * Math.cos(radians(other.lat)) * half(one.lng, other.lng);
  return 2 * 6_371_000 * Math.asin(Math.min(1, Math.sqrt(chord)));
}
