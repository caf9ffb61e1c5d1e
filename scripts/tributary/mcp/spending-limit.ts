import { join } from 'node:path';
import { z } from 'zod';
import { addressSchema, bytes32Schema, weiSchema } from '#sdk/protocol/primitives';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { KeystoreInvalidError } from '../keystore/errors.ts';
import { readPrivateFile, whileLocked, writePrivateFile } from '../keystore/private-file.ts';
import { dataWords } from '../terminal/words.ts';

/** What an owner lets a program spend. DATAcoin wei. */
export interface SpendingLimits {
  readonly perPurchase: bigint;
  /** In any 24 hours, not by the calendar: midnight gives nothing back. */
  readonly perDay: bigint;
}

/** A purchase is above the limits; nothing was signed. */
export class SpendingLimitError extends TributaryError {
  readonly code = 'spending-limit';
  readonly title = 'The spending limit does not allow this';
  override readonly status = 402;
}

/** Milliseconds of a day. */
const day = 24 * 3600 * 1000;
/** Purchases that are remembered; more in a day than this are refused. */
const entryLimit = 10_000;

const entrySchema = z.object({
  id: z.uuid(),
  /** Unix milliseconds. */
  at: z.int().min(0),
  /** DATAcoin wei: reserved before anything is signed, what was really paid afterwards. */
  amount: weiSchema,
  productId: bytes32Schema
});
const stateSchema = z.object({ version: z.literal(1), account: addressSchema, entries: z.array(entrySchema) });
type State = z.infer<typeof stateSchema>;

/** Money set aside for a purchase. */
export interface Reservation {
  /** The purchase was made. @param paid DATAcoin wei. */
  spent(paid: bigint): Promise<void>;
  /** The purchase was not made, for certain: the money is free again. */
  release(): Promise<void>;
}

/** What was spent and may still be spent, on disk: a restart gives nothing back. */
export interface SpendingLimit {
  readonly limits: SpendingLimits;
  /** DATAcoin wei that can be spent now. */
  available(): Promise<{ readonly today: bigint; readonly spentToday: bigint }>;
  /**
   * Sets money aside, on disk before it returns. What is neither spent nor released stays counted.
   *
   * @throws {@link SpendingLimitError}
   */
  reserve(amount: bigint, productId: Hex): Promise<Reservation>;
}

/**
 * Opens the record of what an account's programs spent; all of them share it.
 *
 * @param clock Unix milliseconds.
 */
export function openSpendingLimit(parameters: {
  readonly home: string;
  readonly account: Address;
  readonly limits: SpendingLimits;
  readonly clock: () => number;
}): SpendingLimit {
  const { home, account, limits, clock } = parameters;
  const file = join(home, 'spending', `${account}.json`);

  const read = async (): Promise<State> => {
    const text = await readPrivateFile(file);
    if (text === undefined) return { version: 1, account, entries: [] };
    const parsed = stateSchema.safeParse(parseJson(text));
    // Not begun anew: that would give back what was spent.
    if (!parsed.success || parsed.data.account !== account) {
      throw new KeystoreInvalidError(
        `${file} is damaged, so nothing is bought. Restore it, or remove it to begin anew.`
      );
    }
    return parsed.data;
  };
  const write = (state: State) => writePrivateFile(file, `${JSON.stringify(state, null, 2)}\n`);
  // Entries of the future count as well: a clock that was set back frees nothing.
  const counted = ({ entries }: State) => entries.filter(({ at }) => at > clock() - day);
  const sum = (entries: State['entries']) => entries.reduce((total, { amount }) => total + BigInt(amount), 0n);

  const change = (apply: (entries: State['entries']) => State['entries']) =>
    whileLocked(file, async () => {
      const state = await read();
      await write({ ...state, entries: apply(counted(state)) });
    });

  return {
    limits,
    available: async () => {
      const spentToday = sum(counted(await read()));
      return { today: spentToday >= limits.perDay ? 0n : limits.perDay - spentToday, spentToday };
    },
    reserve: async (amount, productId) => {
      if (amount > limits.perPurchase) {
        throw new SpendingLimitError(
          `It costs ${dataWords(amount)} and the owner allows ${dataWords(limits.perPurchase)} per purchase. Nothing was signed. Choose a shorter period, or ask the owner.`
        );
      }
      const id = crypto.randomUUID();
      await change((entries) => {
        const spent = sum(entries);
        if (spent + amount > limits.perDay || entries.length >= entryLimit) {
          throw new SpendingLimitError(
            `It costs ${dataWords(amount)}; of ${dataWords(limits.perDay)} that the owner allows in 24 hours ${dataWords(spent)} are spent. Nothing was signed. Wait, choose a shorter period, or ask the owner.`
          );
        }
        return [...entries, { id, at: Math.floor(clock()), amount: String(amount), productId }];
      });
      return {
        spent: (paid) =>
          change((entries) => entries.map((entry) => (entry.id === id ? { ...entry, amount: String(paid) } : entry))),
        release: () => change((entries) => entries.filter((entry) => entry.id !== id))
      };
    }
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
