import { z } from 'zod';
import { type Address, addressSchema, bytes32Schema, type Hex } from '#sdk/protocol/primitives';
import { rootSeed, type Seed, slotCount, slotKey } from '#sdk/protocol/slot-keys';
import { DelegationConflictError, VaultError } from './errors.ts';
import { type SlotRange, union } from './ranges.ts';
import type { Vault } from './vault.ts';

/** Seeds of a range of one era, as they were delegated. */
export interface HeldRange extends SlotRange {
  readonly era: number;
  readonly delegator: Address;
  readonly seeds: readonly Seed[];
  /** Of an era that the issuer made itself: how often it had been given the stream by then. */
  readonly time: number;
}

const heldSchema = z.object({
  genesis: bytes32Schema,
  stream: addressSchema,
  ranges: z.array(
    z.object({
      era: z.int(),
      from: z.int(),
      until: z.int(),
      delegator: addressSchema,
      // not written by earlier versions
      time: z.int().min(0).default(1),
      seeds: z.array(
        z.object({
          depth: z.int(),
          index: z.int(),
          key: bytes32Schema.transform((hex) => new Uint8Array(Buffer.from(hex.slice(2), 'hex')))
        })
      )
    })
  )
});

/** The delegated seeds, sealed in the vault and held in memory: the broker's only stream secrets. */
export class HeldSeeds {
  private readonly vault: Vault;
  private readonly genesis: Hex;
  private readonly held = new Map<Address, readonly HeldRange[]>();

  private constructor(vault: Vault, genesis: Hex) {
    this.vault = vault;
    this.genesis = genesis;
  }

  /** Reads everything that is held on this chain. @throws {@link VaultError} */
  static async open(vault: Vault, genesis: Hex): Promise<HeldSeeds> {
    const seeds = new HeldSeeds(vault, genesis);
    await seeds.reload();
    return seeds;
  }

  /**
   * Reads again what is in the vault, of one stream or of all: another process may have put something in.
   *
   * @throws {@link VaultError}
   */
  async reload(stream: Address | '0x' = '0x'): Promise<void> {
    const prefix = this.nameOf(stream);
    for (const name of await this.vault.list()) {
      if (!name.startsWith(prefix)) continue;
      const content = await this.vault.read(name);
      if (content === null) continue;
      const parsed = heldSchema.safeParse(JSON.parse(content.toString('utf8')));
      if (!parsed.success) throw new VaultError(`${name} in the vault is not readable. Restore it from a backup.`);
      if (parsed.data.genesis === this.genesis) this.held.set(parsed.data.stream, parsed.data.ranges);
    }
  }

  /** Streams of which anything is held. */
  get streams(): Address[] {
    return [...this.held.keys()];
  }

  /** Eras of a stream with all seeds held of them, and the slots that these open. */
  erasOf(stream: Address): { era: number; ranges: SlotRange[]; seeds: Seed[] }[] {
    const held = this.held.get(stream) ?? [];
    return [...new Set(held.map((range) => range.era))].map((era) => {
      const ofEra = held.filter((range) => range.era === era);
      return { era, ranges: union(ofEra), seeds: ofEra.flatMap((range) => range.seeds) };
    });
  }

  /**
   * Keeps delegated seeds.
   *
   * @throws {@link DelegationConflictError} where they contradict seeds held for the same slots.
   */
  async add(stream: Address, delegated: Omit<HeldRange, 'time'>): Promise<void> {
    const added = { ...delegated, time: 0 };
    const held = this.held.get(stream) ?? [];
    for (const range of held) {
      const first = Math.max(range.from, added.from);
      if (range.era !== added.era || first >= Math.min(range.until, added.until)) continue;
      const same = Buffer.compare(slotKey(range.seeds, first), slotKey(added.seeds, first)) === 0;
      if (!same) throw new DelegationConflictError(added.era);
    }
    await this.write(stream, prune([...held, added]));
  }

  /**
   * Keeps the root of an era that the issuer makes itself: it opens every slot from the first one on. Earlier eras of the
   * stream end a little later: whoever buys meanwhile can read what a publisher that heard late has published.
   *
   * @param made Its overlap: slots for which the eras overlap; its time: how often the issuer was given the stream.
   * @param own The issuer's account.
   */
  async startEra(
    stream: Address,
    made: { era: number; fromSlot: number; root: Uint8Array; overlap: number; time: number },
    own: Address
  ): Promise<void> {
    const { era, fromSlot, root, overlap, time } = made;
    const earlier = (this.held.get(stream) ?? [])
      .map((range) => ({ ...range, until: Math.min(range.until, fromSlot + overlap) }))
      .filter((range) => range.from < range.until);
    const added = { era, from: fromSlot, until: slotCount, delegator: own, seeds: [rootSeed(root)], time };
    await this.write(stream, [...earlier, added]);
  }

  /** Whether the issuer makes the keys of the stream itself: nobody else knows the roots of its eras. */
  isOwn(stream: Address, own: Address): boolean {
    const held = this.held.get(stream) ?? [];
    return held.length > 0 && held.every((range) => range.delegator === own);
  }

  /** How often the issuer had been given the stream when it made the newest of its eras; 0 where it made none. */
  timeOf(stream: Address): number {
    return Math.max(0, ...(this.held.get(stream) ?? []).map(({ time }) => time));
  }

  private async write(stream: Address, kept: readonly HeldRange[]): Promise<void> {
    const content = {
      genesis: this.genesis,
      stream,
      ranges: kept.map((range) => ({
        ...range,
        seeds: range.seeds.map((seed) => ({ ...seed, key: `0x${Buffer.from(seed.key).toString('hex')}` }))
      }))
    };
    await this.vault.write(this.nameOf(stream), Buffer.from(JSON.stringify(content)));
    this.held.set(stream, kept);
  }

  private nameOf(stream: string): string {
    return `seeds-${this.genesis.slice(2, 18)}-${stream}`;
  }
}

/**
 * Leaves out what others open as well. A range goes if its neighbours overlap by half of it: then every node of the
 * tree up to that size still lies whole in one of them, and grants stay small.
 */
export function prune(ranges: readonly HeldRange[]): HeldRange[] {
  const sorted = [...ranges].sort((a, b) => a.era - b.era || a.from - b.from || b.until - a.until);
  const kept: HeldRange[] = [];
  for (const range of sorted) {
    const last = kept.at(-1);
    if (last?.era === range.era && range.until <= last.until) continue;
    const middle = last;
    const before = kept.at(-2);
    if (
      middle !== undefined &&
      before?.era === range.era &&
      before.until - range.from >= (middle.until - middle.from) / 2
    ) {
      kept.pop();
    }
    kept.push(range);
  }
  return kept;
}
