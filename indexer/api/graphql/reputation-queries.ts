import { and } from 'drizzle-orm';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { karma, karmaChange } from '../../schema.ts';
import { attestationFilter } from '../../search/attestations.ts';
import type { Builder } from './builder.ts';
import type { FactTypes } from './fact-types.ts';
import { bytesArgument, equal, resolvePage, type Pages } from './pages.ts';

/** Lists of karma and attestations. */
export function reputationQueries(builder: Builder, types: FactTypes, { connection, paging, one }: Pages): void {
  builder.queryFields((t) => {
    const bytes = bytesArgument(t);
    return {
      karma: one(t, 'karma'),
      attestation: one(t, 'attestation'),
      karmas: t.field({
        type: connection('karma'),
        args: { ...paging(t), account: bytes(), role: t.arg({ type: types.karmaRole }) },
        resolve: (_, { account, role, ...page }, context) =>
          resolvePage(context, 'karma', page, and(equal(karma.account, account), equal(karma.role, role))) as never
      }),
      karmaChange: one(t, 'karmaChange'),
      karmaChanges: t.field({
        type: connection('karmaChange'),
        args: { ...paging(t), account: bytes(), role: t.arg({ type: types.karmaRole }) },
        resolve: (_, { account, role, ...page }, context) =>
          resolvePage(
            context,
            'karmaChange',
            page,
            and(equal(karmaChange.account, account), equal(karmaChange.role, role))
          ) as never
      }),
      attestations: t.field({
        type: connection('attestation'),
        args: { ...paging(t), recipient: bytes(), attester: bytes(), schema: bytes(), valid: t.arg.boolean() },
        resolve: (_, { recipient, attester, schema, valid, ...page }, context) =>
          resolvePage(
            context,
            'attestation',
            page,
            attestationFilter(context.view, {
              recipient: (recipient ?? undefined) as Address | undefined,
              attester: (attester ?? undefined) as Address | undefined,
              schema: (schema ?? undefined) as Hex | undefined,
              valid: valid == null ? undefined : valid ? 'true' : 'false'
            })
          ) as never
      })
    };
  });
}
