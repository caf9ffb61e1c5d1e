import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { addressSchema, bytes32Schema, secondsSchema } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';

const streamStateSchema = z.object({
  address: addressSchema,
  era: z.int().min(0),
  /** The era's root: whoever has it reads everything. */
  root: bytes32Schema,
  /** Unix seconds; no key before it is ever needed. */
  createdAt: secondsSchema,
  /** Everyone was given the Read permission. */
  everyoneReads: z.boolean()
});
export type StreamState = z.infer<typeof streamStateSchema>;

const productStateSchema = z.object({ offerId: bytes32Schema, productId: bytes32Schema, position: z.int().min(0) });
export type ProductState = z.infer<typeof productStateSchema>;

const marketStateSchema = z.object({
  streams: z.record(z.string(), streamStateSchema),
  products: z.record(z.string(), productStateSchema)
});
export type MarketState = z.infer<typeof marketStateSchema>;

/** Per market: the genesis of its chain and its registry, since addresses mean nothing elsewhere. */
const stateSchema = z.object({ version: z.literal(1), markets: z.record(z.string(), marketStateSchema) });

/** The state file cannot be used. */
export class StateFileError extends TributaryError {
  readonly code = 'state-file-invalid';
  readonly title = 'The state of the sources cannot be read';
  override readonly status = 500;

  constructor(file: string, fault: string) {
    super(`${file} is not what this program wrote (${fault}). Restore it, or move it away to begin with new streams.`);
  }
}

/** What the sellers must remember: their streams, products, and the secrets of their streams. */
export interface SellerState {
  readonly market: MarketState;
  saveStream(key: string, stream: StreamState): Promise<void>;
  saveProduct(key: string, product: ProductState): Promise<void>;
}

/**
 * Opens the state file (mode 0600); one that is not there begins empty.
 *
 * @param file For instance .tributary/sources.json.
 * @param marketId Names the market: genesis hash and registry.
 * @throws {@link StateFileError}
 */
export async function openState(file: string, marketId: string): Promise<SellerState> {
  const state = await read(file);
  const market = (state.markets[marketId] ??= { streams: {}, products: {} });
  let writing = Promise.resolve();
  const save = () => {
    writing = writing.then(() => write(file, JSON.stringify(state, null, 2)));
    return writing;
  };
  return {
    market,
    saveStream: (key, stream) => {
      market.streams[key] = stream;
      return save();
    },
    saveProduct: (key, product) => {
      market.products[key] = product;
      return save();
    }
  };
}

async function read(file: string): Promise<z.infer<typeof stateSchema>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { version: 1, markets: {} };
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StateFileError(file, 'no JSON');
  }
  const parsed = stateSchema.safeParse(value);
  if (!parsed.success) throw new StateFileError(file, z.prettifyError(parsed.error));
  return parsed.data;
}

/** Whole or not at all: a crash leaves the old file. */
async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const fresh = `${file}.new`;
  await writeFile(fresh, text, { mode: 0o600 });
  await chmod(fresh, 0o600);
  await rename(fresh, file);
}
