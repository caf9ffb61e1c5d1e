import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import {
  accountIdentitySchema,
  chainAccountOf,
  dnsRecordName,
  dnsRecordValue,
  domainCheckSchema,
  ensCheckSchema,
  identityCheckSchema,
  wellKnownPath,
  type AccountIdentity
} from '#sdk/protocol/identity';
import { addressSchema } from '#sdk/protocol/primitives';
import { checksOf, identitiesOf } from '../search/identities.ts';
import { ContentTooLargeError } from './content.ts';
import type { ServerEnvironment } from './environment.ts';
import { answer, refusals } from './openapi.ts';
import { rateLimiter } from './rate-limit.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';

/** Bytes of a request: a signature of 8 KiB in hexadecimal, and the rest. */
const largestRequest = 24 * 1024;
const params = z.object({ account: addressSchema });

const shown = createRoute({
  method: 'get',
  path: '/v1/identity/{account}',
  operationId: 'getIdentity',
  summary: 'Who an account is',
  description: 'What is proved of an account by attesters that this market trusts, and what to publish to prove more.',
  tags: ['reputation'],
  request: { params },
  responses: { ...answer('The account.', accountIdentitySchema), ...refusals(422, 429) }
});

const checkDomain = createRoute({
  method: 'post',
  path: '/v1/identity/{account}/domain',
  operationId: 'proveDomain',
  summary: 'Check that a domain names an account',
  description:
    'Looks at the file under /.well-known and at DNS now, and says what was found. With a signature of the account ' +
    '(EIP-712) what holds is attested on the chain, once; without one it is only checked.',
  tags: ['reputation'],
  request: { params, body: { required: true, content: { 'application/json': { schema: domainCheckSchema } } } },
  responses: {
    ...answer('What was found.', identityCheckSchema),
    ...refusals(400, 409, 413, 415, 422, 429, 503, 504)
  }
});

const checkEns = createRoute({
  method: 'post',
  path: '/v1/identity/{account}/ens',
  operationId: 'proveEnsName',
  summary: 'Check that an ENS name and an account name each other',
  description:
    "Looks at the name's address and at the account's primary name. What holds is attested on the chain, once.",
  tags: ['reputation'],
  request: { params, body: { required: true, content: { 'application/json': { schema: ensCheckSchema } } } },
  responses: {
    ...answer('What was found.', identityCheckSchema),
    ...refusals(400, 409, 413, 415, 422, 429, 503, 504)
  }
});

/** Proofs of who sellers are. */
export function identityRoutes(services: Services): OpenAPIHono<ServerEnvironment> {
  const { view, verifier } = services;
  const routes = createRoutes();
  const limit = rateLimiter(services.limits.relay, services.clock);
  const bounded = bodyLimit({
    maxSize: largestRequest,
    onError: () => {
      throw new ContentTooLargeError(`A request may have ${String(largestRequest)} bytes.`);
    }
  });
  for (const path of ['/v1/identity/:account/domain', '/v1/identity/:account/ens']) routes.use(path, limit, bounded);

  routes.openapi(shown, async (context) => {
    const { account } = context.req.valid('param');
    const { chainId } = await services.market();
    const identities = (await identitiesOf(view, [account])).get(account) ?? [];
    const checks = await checksOf(
      view,
      identities.map(({ uid }) => uid)
    );
    const told: AccountIdentity = {
      account,
      verifier: verifier.account,
      ens: verifier.ens(chainId),
      publish: {
        wellKnown: { path: wellKnownPath, content: { accounts: [chainAccountOf(chainId, account)] } },
        dns: { name: dnsRecordName('<domain>'), value: dnsRecordValue(chainId, account) }
      },
      loopbackPort: verifier.loopbackPort,
      identities: identities.map((identity) => {
        const { nextCheck = null, failingSince = null } = checks.get(identity.uid) ?? {};
        return { ...identity, nextCheck, failingSince };
      })
    };
    return context.json(told, 200);
  });
  routes.openapi(checkDomain, async (context) => {
    const { account } = context.req.valid('param');
    const { domain, consent } = context.req.valid('json');
    context.header('Cache-Control', 'no-store');
    return context.json(await verifier.check({ account, method: 'domain', name: domain }, consent), 200);
  });
  routes.openapi(checkEns, async (context) => {
    const { account } = context.req.valid('param');
    const { ensName } = context.req.valid('json');
    context.header('Cache-Control', 'no-store');
    return context.json(await verifier.check({ account, method: 'ensName', name: ensName }), 200);
  });
  return routes;
}
