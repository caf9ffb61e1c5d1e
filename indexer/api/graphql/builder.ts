import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { HourlyEvents } from '#sdk/protocol/discovery';
import type { Identity } from '#sdk/protocol/discovery/identities';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { ProductDocument } from '#sdk/protocol/product-document';
import type { FactRow } from '../../schema.ts';
import type { Decay } from '../../search/karma.ts';
import type { LivenessNow } from '../../search/liveness.ts';
import type { View } from '../../search/view.ts';
import type { LiveFilter, LiveStream } from '../live-messages.ts';
import type { Readiness } from '../services.ts';
import type { FactLoader } from './fact-loader.ts';

/** What resolvers have at hand; view and loader belong to one operation and to one moment of the tables. */
export interface GraphqlContext {
  readonly view: View;
  readonly loader: FactLoader;
  /** Karma points of an account as a seller now, wei. */
  sellerPoints(seller: Address): Promise<string | undefined>;
  /** What is proved of a seller. */
  sellerIdentities(seller: Address): Promise<readonly Identity[] | undefined>;
  /** What is attested of a seller now. */
  sellerAttestations(seller: Address): Promise<FactRow<'attestation'>[] | undefined>;
  /** Whether the data of a product flow, by its id. */
  liveness(product: Hex): Promise<LivenessNow | undefined>;
  /** Its last 24 hours, hour by hour. */
  hours(product: Hex): Promise<HourlyEvents | undefined>;
  /** A product document that is there and valid, by its hash. */
  document(hash: Hex): Promise<ProductDocument | undefined>;
  /** How karma decays; null before the first block was read. */
  decay(): Promise<Decay | null>;
  readiness(): Promise<Readiness>;
  /** Messages for the client that asks. */
  live(filter: LiveFilter): Promise<LiveStream>;
}

export type Builder = ReturnType<typeof createBuilder>;

/** A schema builder with the scalars of graph-node: Bytes as lowercase hex, BigInt as decimal digits. */
export function createBuilder() {
  const builder = new SchemaBuilder<{
    Context: GraphqlContext;
    DefaultFieldNullability: false;
    DefaultEdgesNullability: false;
    DefaultNodeNullability: false;
    Scalars: {
      Bytes: { Input: string; Output: string };
      BigInt: { Input: string; Output: string | number };
      JSON: { Input: unknown; Output: unknown };
    };
  }>({
    plugins: [RelayPlugin],
    defaultFieldNullability: false,
    relay: {
      cursorType: 'String',
      nodesOnConnection: true,
      nodeQueryOptions: false,
      nodesQueryOptions: false,
      edgesFieldOptions: { nullable: false },
      nodeFieldOptions: { nullable: false }
    }
  });
  builder.scalarType('Bytes', {
    description: 'Bytes as lowercase hexadecimal with 0x.',
    serialize: (value) => value,
    parseValue: (value) => hexOf(value)
  });
  builder.scalarType('BigInt', {
    description: 'A whole number of any size as decimal digits.',
    serialize: String,
    parseValue: (value) => String(value)
  });
  builder.scalarType('JSON', { description: 'Any JSON.', serialize: (value) => value });
  return builder;
}

function hexOf(value: unknown): string {
  if (typeof value !== 'string' || !/^0x(?:[0-9a-fA-F]{2}){0,1024}$/.test(value)) {
    throw new TypeError('must be bytes in hexadecimal with 0x');
  }
  return value.toLowerCase();
}
