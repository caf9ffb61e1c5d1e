import { recipientQuerySchema, type RecipientRecord } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { searchRecipients } from '../../search/recipients.ts';
import { RequestInvalidError } from '../problems.ts';
import type { Builder } from './builder.ts';
import { toConnection, type Page } from './pages.ts';

/** Who may decrypt a stream now, as GET /v1/streams/{stream}/recipients says it. */
export function recipientQueries(builder: Builder): void {
  const recipient = builder.objectRef<RecipientRecord>('Recipient').implement({
    fields: (t) => ({
      account: t.expose('account', { type: 'Bytes' }),
      by: t.exposeString('by', { description: '"license" or "permission".' }),
      offer: t.expose('offerId', { type: 'Bytes', nullable: true }),
      until: t.expose('until', { type: 'BigInt' }),
      publicKey: t.expose('publicKey', { type: 'Bytes', nullable: true })
    })
  });
  const connection = builder.connectionObject<typeof recipient, Page, false, false>({
    type: recipient,
    name: 'RecipientConnection',
    fields: (t) => ({ totalCount: t.int({ resolve: (page) => page.total() }) })
  });
  builder.queryFields((t) => ({
    recipients: t.field({
      type: connection,
      args: {
        stream: t.arg({ type: 'Bytes', required: true }),
        first: t.arg.int({ description: '1 to 100, by default 24.' }),
        after: t.arg.string({ description: 'endCursor of the page before.' })
      },
      resolve: async (_, { stream, first, after }, { view }) => {
        const parsed = recipientQuerySchema.safeParse({ limit: first ?? undefined, cursor: after ?? undefined });
        if (!parsed.success) throw new RequestInvalidError(parsed.error.issues);
        const { hits, hasMore, total } = await searchRecipients(view, stream as Address, parsed.data);
        const edges = hits.map(({ recipient: node, cursor }) => ({ node, cursor }));
        return toConnection(edges, hasMore, after != null, () => Promise.resolve(total)) as never;
      }
    })
  }));
}
