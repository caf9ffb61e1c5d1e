import type { Category } from '#sdk/protocol/product-document';
import type { Settlement } from '#sdk/protocol/settlement';
import type { SchemaKind } from '../attestations/schema-names.ts';
import { termsTemplates } from './terms-templates.ts';

/** All that the selling form holds, as typed. */
export interface Draft {
  streamMode: 'new' | 'existing';
  /** Of a stream that exists already. */
  streamAddress: string;
  streamName: string;
  streamDescription: string;
  /** Seconds. */
  slotDuration: number;
  /** Who may read: holders of a licence, or everyone. */
  access: 'licensed' | 'public';
  /** Account of the program that will publish, where it is not the seller's own. */
  publisher: string;
  name: string;
  summary: string;
  description: string;
  category: Category;
  tags: string;
  sellerName: string;
  source: string;
  sourceUrl: string;
  recorded: boolean;
  /** JSON: an array of objects, or one object per line. */
  sample: string;
  /** By name of the field. */
  meanings: Record<string, string>;
  units: Record<string, string>;
  terms: string;
  free: boolean;
  /** DATAcoin, as typed. */
  amount: string;
  per: 'hour' | 'day' | 'month';
  /** Seconds. */
  boundary: number;
  minimumPeriod: number;
  /** How far ahead licences may end. */
  maximumPeriod: number;
  settlement: Settlement;
  /** Events promised in every delivery period, as typed. */
  events: string;
  /** Seconds. */
  deliveryPeriod: number;
  /** Who counts them; empty for the market's own oracle. */
  oracle: string;
  /** What must be attested of buyers. */
  demand: 'none' | SchemaKind | 'other';
  /** Uid of another schema. */
  schema: string;
  /** Addresses, separated by commas, spaces or lines. */
  attesters: string;
}

export const emptyDraft: Draft = {
  streamMode: 'new',
  streamAddress: '',
  streamName: '',
  streamDescription: '',
  slotDuration: 60,
  access: 'licensed',
  publisher: '',
  name: '',
  summary: '',
  description: '',
  category: 'other',
  tags: '',
  sellerName: '',
  source: '',
  sourceUrl: '',
  recorded: false,
  sample: '',
  meanings: {},
  units: {},
  terms: termsTemplates.commercial.text,
  free: false,
  amount: '',
  per: 'hour',
  boundary: 3600,
  minimumPeriod: 3600,
  maximumPeriod: 31_536_000,
  settlement: 'at-once',
  events: '',
  deliveryPeriod: 3600,
  oracle: '',
  demand: 'none',
  schema: '',
  attesters: ''
};

/** How far publishing got, so that a failed attempt goes on where it stopped and nothing is paid for twice. */
export interface Progress {
  /** Account that began. */
  account?: string;
  stream?: string;
  /** Names of the steps that are through. */
  done: string[];
  /** Decimal digits; the same in every attempt, so that an offer cannot be listed twice. */
  productNumber?: string;
  productId?: string;
}

const storageKey = 'tributary.sell';

/** Takes from what was stored whatever has the type that it should have. */
function restore<T extends object>(pattern: T, stored: unknown): T {
  if (typeof stored !== 'object' || stored === null) return { ...pattern };
  const entries = Object.entries(pattern).map(([key, value]: [string, unknown]): [string, unknown] => {
    const found: unknown = Reflect.get(stored, key);
    return [key, typeof found === typeof value && found !== null ? found : value];
  });
  return Object.fromEntries(entries) as T;
}

export interface Saved {
  readonly draft: Draft;
  readonly progress: Progress;
}

/** The draft as this browser kept it; the empty one where it kept none. */
export function loadDraft(): Saved {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? 'null');
    if (typeof stored !== 'object' || stored === null) return { draft: { ...emptyDraft }, progress: { done: [] } };
    const progress: unknown = Reflect.get(stored, 'progress');
    const text = (key: string) => {
      const value: unknown = typeof progress === 'object' && progress !== null ? Reflect.get(progress, key) : undefined;
      return typeof value === 'string' ? { [key]: value } : {};
    };
    const done: unknown = typeof progress === 'object' && progress !== null ? Reflect.get(progress, 'done') : [];
    return {
      draft: restore(emptyDraft, Reflect.get(stored, 'draft')),
      progress: {
        ...text('account'),
        ...text('stream'),
        ...text('productNumber'),
        ...text('productId'),
        done: Array.isArray(done) ? (done as unknown[]).filter((step) => typeof step === 'string') : []
      }
    };
  } catch {
    // Storage is switched off or holds rubbish: the form starts empty.
    return { draft: { ...emptyDraft }, progress: { done: [] } };
  }
}

/** @returns Whether it could be kept. */
export function saveDraft(saved: Saved): boolean {
  try {
    localStorage.setItem(storageKey, JSON.stringify(saved));
    return true;
  } catch {
    return false;
  }
}
