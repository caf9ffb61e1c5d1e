import type { Identity } from '#sdk/protocol/discovery/identities';
import type { HourlyEvents } from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { ProductDocument } from '#sdk/protocol/product-document';
import type { FactRow } from '../../schema.ts';
import { validAttestations } from '../../search/attestations.ts';
import { documentsByHash } from '../../search/documents.ts';
import { identitiesOf } from '../../search/identities.ts';
import { readDecay, sellerPoints, type Decay } from '../../search/karma.ts';
import { hoursById, livenessById, type LivenessNow } from '../../search/liveness.ts';
import type { View } from '../../search/view.ts';
import type { LiveFilter, LiveStream } from '../live-messages.ts';
import type { Readiness } from '../services.ts';
import type { GraphqlContext } from './builder.ts';
import { batched, type FactLoader } from './fact-loader.ts';

/** What an operation takes from outside of itself. */
interface Surroundings {
  readiness(): Promise<Readiness>;
  live(filter: LiveFilter): Promise<LiveStream>;
}

/** Gives the value of a key, read together with the keys that others ask for. */
type Reading<Key, Value> = (key: Key) => Promise<Value | undefined>;

/** What the resolvers of one operation share. Readers are made when they are first used: most operations use none. */
export class OperationContext implements GraphqlContext {
  readonly view: View;
  readonly loader: FactLoader;
  private readonly surroundings: Surroundings;
  private points: Reading<Address, string> | undefined;
  private identities: Reading<Address, readonly Identity[]> | undefined;
  private attestations: Reading<Address, FactRow<'attestation'>[]> | undefined;
  private livenesses: Reading<Hex, LivenessNow> | undefined;
  private hourlies: Reading<Hex, HourlyEvents> | undefined;
  private documents: Reading<Hex, ProductDocument> | undefined;
  private decaying: Promise<Decay | null> | undefined;

  constructor(view: View, loader: FactLoader, surroundings: Surroundings) {
    this.view = view;
    this.loader = loader;
    this.surroundings = surroundings;
  }

  sellerPoints(seller: Address): Promise<string | undefined> {
    return (this.points ??= batched((sellers) => sellerPoints(this.view, sellers)))(seller);
  }

  sellerIdentities(seller: Address): Promise<readonly Identity[] | undefined> {
    return (this.identities ??= batched((sellers) => identitiesOf(this.view, sellers)))(seller);
  }

  sellerAttestations(seller: Address): Promise<FactRow<'attestation'>[] | undefined> {
    return (this.attestations ??= batched((sellers) => validAttestations(this.view, sellers)))(seller);
  }

  liveness(product: Hex): Promise<LivenessNow | undefined> {
    // no chain knows it
    if (this.view.at !== undefined) return Promise.resolve(undefined);
    return (this.livenesses ??= batched((products) => livenessById(this.view, products)))(product);
  }

  hours(product: Hex): Promise<HourlyEvents | undefined> {
    return (this.hourlies ??= batched((products) => hoursById(this.view, products)))(product);
  }

  document(hash: Hex): Promise<ProductDocument | undefined> {
    return (this.documents ??= batched((hashes) => documentsByHash(this.view, hashes)))(hash);
  }

  decay(): Promise<Decay | null> {
    return (this.decaying ??= readDecay(this.view));
  }

  readiness(): Promise<Readiness> {
    return this.surroundings.readiness();
  }

  live(filter: LiveFilter): Promise<LiveStream> {
    return this.surroundings.live(filter);
  }
}
