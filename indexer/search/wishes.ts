import { and, asc, eq, gt, inArray, lte, sql, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import { contentIdOfDigest } from '#sdk/protocol/content-id';
import type { WishRecord, wishQuerySchema, WishStakeRecord, wishStakeQuerySchema } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { wish, wishAnswer, wishStake, type FactRow } from '../schema.ts';
import { productNames } from './licenses.ts';
import { factsById, findPage } from './list-facts.ts';
import type { Page, View } from './view.ts';

export interface WishFilter {
  readonly asker?: Address | undefined;
  readonly backer?: Address | undefined;
  readonly seller?: Address | undefined;
  readonly open?: 'true' | 'false' | undefined;
}

/** Filter -> condition on the wish table. */
export function wishFilter(view: View, { asker, backer, seller, open }: WishFilter): SQL | undefined {
  return and(
    asker === undefined ? undefined : eq(wish.asker, asker),
    backer === undefined
      ? undefined
      : sql`${wish.id} in (select ${wishStake.wish} from ${wishStake} where ${wishStake.backer} = ${backer})`,
    seller === undefined
      ? undefined
      : sql`${wish.id} in (select ${wishAnswer.wish} from ${wishAnswer} where ${wishAnswer.seller} = ${seller})`,
    open === undefined ? undefined : open === 'true' ? gt(wish.deadline, view.now()) : lte(wish.deadline, view.now())
  );
}

/**
 * Finds wishes with their answers, the newest first.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findWishes(view: View, query: z.output<typeof wishQuerySchema>): Promise<Page<WishRecord>> {
  const { limit, cursor } = query;
  return findPage(view, 'wish', { filter: wishFilter(view, query), order: 'newest', limit, cursor }, (rows) =>
    toWishes(view, rows)
  );
}

/** Wishes with their answers in the order of the numbers; unknown ones are left out. */
export async function wishesById(view: View, numbers: readonly string[]): Promise<WishRecord[]> {
  return toWishes(view, await factsById(view, 'wish', numbers));
}

/**
 * Finds what accounts put behind wishes, the latest change first.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findWishStakes(
  view: View,
  { wish: number, backer, limit, cursor }: z.output<typeof wishStakeQuerySchema>
): Promise<Page<WishStakeRecord>> {
  const filter = and(
    number === undefined ? undefined : eq(wishStake.wish, number),
    backer === undefined ? undefined : eq(wishStake.backer, backer)
  );
  return findPage(view, 'wishStake', { filter, order: 'newest', limit, cursor }, async (rows) => {
    const wishes = await factsById(view, 'wish', [...new Set(rows.map((row) => row.wish))]);
    const rounds = new Map(wishes.map(({ id, round }) => [id, round]));
    // those that followed in an earlier round were paid as part of the rest
    const isSpent = (row: FactRow<'wishStake'>) => row.follows && row.round !== rounds.get(row.wish);
    return rows.map((row) => ({
      wish: row.wish,
      backer: row.backer,
      stake: isSpent(row) ? '0' : row.stake,
      follows: row.follows && !isSpent(row),
      released: row.released,
      refunded: row.refunded,
      answer: numberOf(row.answer),
      changedAt: { number: row.changedAtBlock, timestamp: row.changedAt }
    }));
  });
}

async function toWishes(view: View, rows: readonly FactRow<'wish'>[]): Promise<WishRecord[]> {
  if (rows.length === 0) return [];
  const answers = await view.database
    .select()
    .from(wishAnswer)
    .where(
      inArray(
        wishAnswer.wish,
        rows.map(({ id }) => id)
      )
    )
    .orderBy(asc(wishAnswer.number));
  const names = await productNames(view, [...new Set(answers.map(({ product }) => product))]);
  return rows.map((row) => ({
    wish: row.number,
    asker: row.asker,
    descriptionHash: row.descriptionHash,
    descriptionCid: contentIdOfDigest(row.descriptionHash),
    deadline: row.deadline,
    total: row.total,
    held: row.held,
    following: row.following,
    rest:
      row.restAnswer === null || row.restPayableAt === null
        ? null
        : { answer: numberOf(row.restAnswer) ?? '0', payableAt: row.restPayableAt },
    restReleased: row.restReleased,
    answers: answers
      .filter((answer) => answer.wish === row.id)
      .map((answer) => ({
        number: answer.number,
        productId: answer.product,
        productName: names.get(answer.product) ?? null,
        seller: answer.seller,
        beneficiary: answer.beneficiary,
        released: answer.released,
        answeredAt: { number: answer.answeredAtBlock, timestamp: answer.answeredAt }
      })),
    madeAt: { number: row.madeAtBlock, timestamp: row.madeAt }
  }));
}

/** Id of an answer -> its number within the wish. */
function numberOf(answer: string | null): string | null {
  return answer?.split('-').at(1) ?? null;
}
