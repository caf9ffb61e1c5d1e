import { contentIdOfDigest } from '#sdk/protocol/content-id';
import type { Identity } from '#sdk/protocol/discovery/identities';
import { secondsSchema } from '#sdk/protocol/primitives';
import { earlyEnds, karmaRoles, permissionKinds, settlementKinds, type FactName, type FactRow } from '../../schema.ts';
import { attestationName, attestationStatement, isValidAttestation } from '../../search/attestations.ts';
import { pointsAt } from '../../search/karma.ts';
import { RequestInvalidError } from '../problems.ts';
import type { Builder, GraphqlContext } from './builder.ts';

/** Another fact that a row names by its id. It exists whenever the row exists. */
async function related<Name extends FactName>(context: GraphqlContext, fact: Name, id: string): Promise<FactRow<Name>> {
  const row = await context.loader.load(fact, id);
  if (row === null) throw new TypeError(`${fact} ${id} is missing`);
  return row;
}

/** The same where a row may name none. */
async function relatedIfAny<Name extends FactName>(
  context: GraphqlContext,
  fact: Name,
  id: string | null
): Promise<FactRow<Name> | null> {
  return id === null ? null : related(context, fact, id);
}

export type FactTypes = ReturnType<typeof factTypes>;

/** Adds the facts to a schema as types; subgraph/schema.graphql says what each field means. */
export function factTypes(builder: Builder) {
  const permissionKind = builder.enumType('PermissionKind', { values: permissionKinds });
  const settlement = builder.enumType('Settlement', { values: settlementKinds });
  const earlyEnd = builder.enumType('EarlyEnd', { values: earlyEnds });
  const karmaRole = builder.enumType('KarmaRole', { values: karmaRoles });
  const stream = builder.objectRef<FactRow<'stream'>>('Stream');
  const permission = builder.objectRef<FactRow<'permission'>>('Permission');
  const recipientKey = builder.objectRef<FactRow<'recipientKey'>>('RecipientKey');
  const product = builder.objectRef<FactRow<'product'>>('Product');
  const offer = builder.objectRef<FactRow<'offer'>>('Offer');
  const license = builder.objectRef<FactRow<'license'>>('License');
  const purchase = builder.objectRef<FactRow<'purchase'>>('Purchase');
  const deposit = builder.objectRef<FactRow<'deposit'>>('Deposit');
  const cohort = builder.objectRef<FactRow<'cohort'>>('Cohort');
  const deliveryReport = builder.objectRef<FactRow<'deliveryReport'>>('DeliveryReport');
  const karma = builder.objectRef<FactRow<'karma'>>('Karma');
  const karmaChange = builder.objectRef<FactRow<'karmaChange'>>('KarmaChange');
  const wish = builder.objectRef<FactRow<'wish'>>('Wish');
  const wishAnswer = builder.objectRef<FactRow<'wishAnswer'>>('WishAnswer');
  const wishStake = builder.objectRef<FactRow<'wishStake'>>('WishStake');
  const attestation = builder.objectRef<FactRow<'attestation'>>('Attestation');
  const identity = builder.objectRef<Identity>('Identity');

  identity.implement({
    description: 'Something that is proved of a seller.',
    fields: (t) => ({
      method: t.exposeString('method', { description: 'domain, ensName or organisation.' }),
      name: t.exposeString('name', {
        description: 'The domain, the ENS name, or name and register number of the organisation.'
      }),
      attestation: t.expose('uid', { type: 'Bytes', description: 'EAS uid of the attestation.' }),
      attester: t.expose('attester', { type: 'Bytes' }),
      since: t.exposeInt('since', { description: 'Unix seconds.' }),
      lastChecked: t.exposeInt('lastChecked', {
        nullable: true,
        description: 'Unix seconds at which the proof was last found in place; null for what others attest.'
      })
    })
  });

  stream.implement({
    fields: (t) => ({
      id: t.expose('id', { type: 'Bytes' }),
      owner: t.expose('owner', { type: 'Bytes' }),
      pendingOwner: t.expose('pendingOwner', { type: 'Bytes', nullable: true }),
      name: t.exposeString('name'),
      description: t.exposeString('description'),
      slotDuration: t.exposeInt('slotDuration'),
      partitions: t.exposeInt('partitions'),
      deleted: t.exposeBoolean('deleted'),
      ensName: t.exposeString('ensName', { nullable: true }),
      createdAtBlock: t.expose('createdAtBlock', { type: 'BigInt' }),
      createdAt: t.expose('createdAt', { type: 'BigInt' })
    })
  });
  permission.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      stream: t.field({ type: stream, resolve: (row, _, context) => related(context, 'stream', row.stream) }),
      account: t.expose('account', { type: 'Bytes' }),
      permission: t.expose('permission', { type: permissionKind }),
      until: t.expose('until', { type: 'BigInt' }),
      grantor: t.expose('grantor', { type: 'Bytes' })
    })
  });
  recipientKey.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      stream: t.field({ type: stream, resolve: (row, _, context) => related(context, 'stream', row.stream) }),
      account: t.expose('account', { type: 'Bytes' }),
      publicKey: t.expose('publicKey', { type: 'Bytes' })
    })
  });
  product.implement({
    fields: (t) => ({
      id: t.expose('id', { type: 'Bytes' }),
      seller: t.expose('seller', { type: 'Bytes' }),
      number: t.expose('number', { type: 'BigInt' }),
      currentOffer: t.field({ type: offer, resolve: (row, _, context) => related(context, 'offer', row.currentOffer) }),
      createdAtBlock: t.expose('createdAtBlock', { type: 'BigInt' }),
      createdAt: t.expose('createdAt', { type: 'BigInt' }),
      revenue: t.expose('revenue', { type: 'BigInt', description: 'Sum over all offers, wei.' }),
      purchases: t.exposeInt('purchases', { description: 'Purchases of all offers.' }),
      sellerKarma: t.field({
        type: 'BigInt',
        description: 'Karma points of the seller now, wei.',
        resolve: async (row, _, context) => (await context.sellerPoints(row.seller)) ?? '0'
      }),
      sellerIdentities: t.field({
        type: [identity],
        description: 'What is proved of the seller by attesters that the market trusts, the newest first; at most 50.',
        resolve: async (row, _, context) => [...((await context.sellerIdentities(row.seller)) ?? [])]
      }),
      sellerAttestations: t.field({
        type: [attestation],
        description: 'What is attested of the seller now, the newest first; at most 20.',
        resolve: async (row, _, context) => (await context.sellerAttestations(row.seller)) ?? []
      })
    })
  });
  offer.implement({
    fields: (t) => ({
      id: t.expose('id', { type: 'Bytes' }),
      product: t.field({ type: product, resolve: (row, _, context) => related(context, 'product', row.product) }),
      seller: t.expose('seller', { type: 'Bytes' }),
      productNumber: t.expose('productNumber', { type: 'BigInt' }),
      beneficiary: t.expose('beneficiary', { type: 'Bytes' }),
      pricePerSecond: t.expose('pricePerSecond', { type: 'BigInt' }),
      minimumPeriod: t.expose('minimumPeriod', { type: 'BigInt' }),
      maximumPeriod: t.expose('maximumPeriod', { type: 'BigInt' }),
      boundary: t.expose('boundary', { type: 'BigInt' }),
      feeBasisPoints: t.exposeInt('feeBasisPoints'),
      settlement: t.expose('settlement', { type: settlement }),
      oracle: t.expose('oracle', { type: 'Bytes', nullable: true }),
      events: t.expose('events', { type: 'BigInt' }),
      deliveryPeriod: t.expose('deliveryPeriod', { type: 'BigInt' }),
      attestationSchema: t.expose('attestationSchema', { type: 'Bytes', nullable: true }),
      attesters: t.expose('attesters', { type: ['Bytes'] }),
      termsHash: t.expose('termsHash', { type: 'Bytes' }),
      termsCid: t.string({ resolve: (row) => contentIdOfDigest(row.termsHash) }),
      streams: t.expose('streams', { type: ['Bytes'] }),
      position: t.expose('position', { type: 'BigInt' }),
      documentHash: t.expose('documentHash', { type: 'Bytes' }),
      documentCid: t.string({ resolve: (row) => contentIdOfDigest(row.documentHash) }),
      listed: t.exposeBoolean('listed'),
      listedAtBlock: t.expose('listedAtBlock', { type: 'BigInt' }),
      listedAt: t.expose('listedAt', { type: 'BigInt' }),
      retiredAt: t.expose('retiredAt', { type: 'BigInt', nullable: true }),
      revenue: t.expose('revenue', { type: 'BigInt' }),
      refunded: t.expose('refunded', { type: 'BigInt' }),
      withdrawn: t.expose('withdrawn', { type: 'BigInt' }),
      fees: t.expose('fees', { type: 'BigInt' })
    })
  });
  license.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      offer: t.field({ type: offer, resolve: (row, _, context) => related(context, 'offer', row.offer) }),
      product: t.field({ type: product, resolve: (row, _, context) => related(context, 'product', row.product) }),
      licensee: t.expose('licensee', { type: 'Bytes' }),
      from: t.expose('from', { type: 'BigInt' }),
      until: t.expose('until', { type: 'BigInt' }),
      running: t.boolean({
        description: 'Whether it still runs, by the clock of the indexer.',
        resolve: (row, _, { view }) => row.until > view.now()
      }),
      publicKey: t.expose('publicKey', { type: 'Bytes' }),
      paid: t.expose('paid', { type: 'BigInt' }),
      refunded: t.expose('refunded', { type: 'BigInt' }),
      spent: t.expose('spent', { type: 'BigInt' }),
      settledUntil: t.expose('settledUntil', { type: 'BigInt', nullable: true }),
      endedEarly: t.expose('endedEarly', { type: earlyEnd, nullable: true }),
      endReasonHash: t.expose('endReasonHash', { type: 'Bytes', nullable: true }),
      endedEarlyAt: t.expose('endedEarlyAt', { type: 'BigInt', nullable: true }),
      attestation: t.expose('attestation', { type: 'Bytes', nullable: true }),
      flagPoints: t.expose('flagPoints', { type: 'BigInt', nullable: true }),
      flagReasonHash: t.expose('flagReasonHash', { type: 'Bytes', nullable: true }),
      flaggedAt: t.expose('flaggedAt', { type: 'BigInt', nullable: true }),
      flagAnswerHash: t.expose('flagAnswerHash', { type: 'Bytes', nullable: true }),
      latestDeposit: t.field({
        type: deposit,
        nullable: true,
        resolve: (row, _, context) => relatedIfAny(context, 'deposit', row.latestDeposit)
      }),
      purchases: t.exposeInt('purchases'),
      purchasedAtBlock: t.expose('purchasedAtBlock', { type: 'BigInt' }),
      purchasedAt: t.expose('purchasedAt', { type: 'BigInt' })
    })
  });
  purchase.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      license: t.field({ type: license, resolve: (row, _, context) => related(context, 'license', row.license) }),
      payer: t.expose('payer', { type: 'Bytes' }),
      from: t.expose('from', { type: 'BigInt' }),
      until: t.expose('until', { type: 'BigInt' }),
      paid: t.expose('paid', { type: 'BigInt' }),
      publicKey: t.expose('publicKey', { type: 'Bytes' }),
      block: t.expose('block', { type: 'BigInt' }),
      timestamp: t.expose('timestamp', { type: 'BigInt' }),
      transactionHash: t.expose('transactionHash', { type: 'Bytes' })
    })
  });
  deposit.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      offer: t.field({ type: offer, resolve: (row, _, context) => related(context, 'offer', row.offer) }),
      license: t.field({ type: license, resolve: (row, _, context) => related(context, 'license', row.license) }),
      cohort: t.field({ type: cohort, resolve: (row, _, context) => related(context, 'cohort', row.cohort) }),
      licensee: t.expose('licensee', { type: 'Bytes' }),
      since: t.expose('since', { type: 'BigInt' }),
      until: t.expose('until', { type: 'BigInt' }),
      alone: t.exposeBoolean('alone'),
      previous: t.field({
        type: deposit,
        nullable: true,
        resolve: (row, _, context) => relatedIfAny(context, 'deposit', row.previous)
      }),
      amount: t.expose('amount', { type: 'BigInt' }),
      madeAtBlock: t.expose('madeAtBlock', { type: 'BigInt' }),
      madeAt: t.expose('madeAt', { type: 'BigInt' }),
      spent: t.expose('spent', { type: 'BigInt' }),
      refund: t.expose('refund', { type: 'BigInt' }),
      closedAt: t.expose('closedAt', { type: 'BigInt', nullable: true })
    })
  });
  cohort.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      offer: t.field({ type: offer, resolve: (row, _, context) => related(context, 'offer', row.offer) }),
      since: t.expose('since', { type: 'BigInt' }),
      until: t.expose('until', { type: 'BigInt' }),
      deposits: t.exposeInt('deposits'),
      released: t.expose('released', { type: 'BigInt' }),
      fees: t.expose('fees', { type: 'BigInt' }),
      judgedUntil: t.expose('judgedUntil', { type: 'BigInt', nullable: true }),
      final: t.exposeBoolean('final')
    })
  });
  deliveryReport.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      stream: t.expose('stream', { type: 'Bytes' }),
      time: t.expose('time', { type: 'BigInt' }),
      count: t.expose('count', { type: 'BigInt' }),
      block: t.expose('block', { type: 'BigInt' }),
      timestamp: t.expose('timestamp', { type: 'BigInt' })
    })
  });
  karma.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      account: t.expose('account', { type: 'Bytes' }),
      role: t.expose('role', { type: karmaRole }),
      points: t.field({
        type: 'BigInt',
        description: 'Points, wei, at a time (Unix seconds), now by default: decayed, 0 below one DATA. To 15 digits.',
        args: { at: t.arg({ type: 'BigInt' }) },
        resolve: async (row, { at }, context) => {
          const decay = await context.decay();
          return decay === null ? '0' : pointsAt(row.units, at == null ? context.view.now() : secondsOf(at), decay);
        }
      }),
      units: t.expose('units', { type: 'BigInt' }),
      earned: t.expose('earned', { type: 'BigInt' }),
      taken: t.expose('taken', { type: 'BigInt' }),
      changedAtBlock: t.expose('changedAtBlock', { type: 'BigInt' }),
      changedAt: t.expose('changedAt', { type: 'BigInt' })
    })
  });
  karmaChange.implement({
    description: 'One change of karma, and the offer through which it came, which the subgraph does not tell.',
    fields: (t) => ({
      id: t.exposeID('id'),
      account: t.expose('account', { type: 'Bytes' }),
      role: t.expose('role', { type: karmaRole }),
      offer: t.field({
        type: offer,
        nullable: true,
        resolve: (row, _, context) => relatedIfAny(context, 'offer', row.offer)
      }),
      units: t.expose('units', { type: 'BigInt', description: 'Added to the balance; negative where taken.' }),
      balance: t.expose('balance', { type: 'BigInt', description: 'Units afterwards.' }),
      points: t.expose('points', { type: 'BigInt', description: 'Wei, as of the time at which they were earned.' }),
      block: t.expose('block', { type: 'BigInt' }),
      timestamp: t.expose('timestamp', { type: 'BigInt' })
    })
  });
  wish.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      number: t.expose('number', { type: 'BigInt' }),
      asker: t.expose('asker', { type: 'Bytes' }),
      descriptionHash: t.expose('descriptionHash', { type: 'Bytes' }),
      descriptionCid: t.string({ resolve: (row) => contentIdOfDigest(row.descriptionHash) }),
      deadline: t.expose('deadline', { type: 'BigInt' }),
      total: t.expose('total', { type: 'BigInt' }),
      held: t.expose('held', { type: 'BigInt' }),
      following: t.expose('following', { type: 'BigInt' }),
      round: t.exposeInt('round'),
      restAnswer: t.field({
        type: wishAnswer,
        nullable: true,
        resolve: (row, _, context) => relatedIfAny(context, 'wishAnswer', row.restAnswer)
      }),
      restPayableAt: t.expose('restPayableAt', { type: 'BigInt', nullable: true }),
      restReleased: t.expose('restReleased', { type: 'BigInt' }),
      madeAtBlock: t.expose('madeAtBlock', { type: 'BigInt' }),
      madeAt: t.expose('madeAt', { type: 'BigInt' })
    })
  });
  wishAnswer.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      wish: t.field({ type: wish, resolve: (row, _, context) => related(context, 'wish', row.wish) }),
      number: t.expose('number', { type: 'BigInt' }),
      product: t.expose('product', { type: 'Bytes' }),
      seller: t.expose('seller', { type: 'Bytes' }),
      beneficiary: t.expose('beneficiary', { type: 'Bytes' }),
      released: t.expose('released', { type: 'BigInt' }),
      answeredAtBlock: t.expose('answeredAtBlock', { type: 'BigInt' }),
      answeredAt: t.expose('answeredAt', { type: 'BigInt' })
    })
  });
  wishStake.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      wish: t.field({ type: wish, resolve: (row, _, context) => related(context, 'wish', row.wish) }),
      backer: t.expose('backer', { type: 'Bytes' }),
      stake: t.expose('stake', { type: 'BigInt' }),
      follows: t.exposeBoolean('follows'),
      round: t.exposeInt('round'),
      released: t.expose('released', { type: 'BigInt' }),
      refunded: t.expose('refunded', { type: 'BigInt' }),
      answer: t.field({
        type: wishAnswer,
        nullable: true,
        resolve: (row, _, context) => relatedIfAny(context, 'wishAnswer', row.answer)
      }),
      changedAtBlock: t.expose('changedAtBlock', { type: 'BigInt' }),
      changedAt: t.expose('changedAt', { type: 'BigInt' })
    })
  });
  attestation.implement({
    fields: (t) => ({
      id: t.expose('id', { type: 'Bytes' }),
      schema: t.expose('schema', { type: 'Bytes' }),
      name: t.string({
        nullable: true,
        description: "Which of the market's schemas it is, as GET /v1/attestations names it; null for another.",
        resolve: (row, _, { view }) => attestationName(view, row.schema)
      }),
      statement: t.field({
        type: 'JSON',
        nullable: true,
        description: 'What it says, by the fields of that schema; null where its data are not what the schema says.',
        resolve: (row, _, { view }) => attestationStatement(view, row)
      }),
      recipient: t.expose('recipient', { type: 'Bytes' }),
      attester: t.expose('attester', { type: 'Bytes' }),
      expirationTime: t.expose('expirationTime', { type: 'BigInt' }),
      data: t.expose('data', { type: 'Bytes' }),
      valid: t.boolean({
        description: 'Neither revoked nor expired, by the clock of the indexer.',
        resolve: (row, _, { view }) => isValidAttestation(view, row)
      }),
      recordedAtBlock: t.expose('recordedAtBlock', { type: 'BigInt' }),
      recordedAt: t.expose('recordedAt', { type: 'BigInt' }),
      revokedAt: t.expose('revokedAt', { type: 'BigInt', nullable: true })
    })
  });
  return {
    ...{
      stream,
      permission,
      recipientKey,
      product,
      offer,
      license,
      purchase,
      deposit,
      cohort,
      deliveryReport,
      karma,
      karmaChange
    },
    ...{ wish, wishAnswer, wishStake, attestation, permissionKind, settlement, karmaRole }
  };
}

/** Unix seconds from an argument. */
function secondsOf(value: string): number {
  const parsed = secondsSchema.safeParse(Number(value));
  if (!parsed.success) throw new RequestInvalidError(parsed.error.issues);
  return parsed.data;
}
