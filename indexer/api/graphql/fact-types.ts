import { contentIdOfDigest } from '#sdk/protocol/content-id';
import { permissionKinds, type FactName, type FactRow } from '../../schema.ts';
import type { Builder, GraphqlContext } from './builder.ts';

/** Another fact that a row names by its id. It exists whenever the row exists. */
async function related<Name extends FactName>(context: GraphqlContext, fact: Name, id: string): Promise<FactRow<Name>> {
  const row = await context.loader.load(fact, id);
  if (row === null) throw new TypeError(`${fact} ${id} is missing`);
  return row;
}

/** Adds the facts to a schema as types; subgraph/schema.graphql says what each field means. */
export function factTypes(builder: Builder) {
  const permissionKind = builder.enumType('PermissionKind', { values: permissionKinds });
  const stream = builder.objectRef<FactRow<'stream'>>('Stream');
  const permission = builder.objectRef<FactRow<'permission'>>('Permission');
  const recipientKey = builder.objectRef<FactRow<'recipientKey'>>('RecipientKey');
  const product = builder.objectRef<FactRow<'product'>>('Product');
  const offer = builder.objectRef<FactRow<'offer'>>('Offer');
  const license = builder.objectRef<FactRow<'license'>>('License');
  const purchase = builder.objectRef<FactRow<'purchase'>>('Purchase');

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
      purchases: t.exposeInt('purchases', { description: 'Purchases of all offers.' })
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
      boundary: t.expose('boundary', { type: 'BigInt' }),
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
      revenue: t.expose('revenue', { type: 'BigInt' })
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
  return { stream, permission, recipientKey, product, offer, license, purchase, permissionKind };
}
