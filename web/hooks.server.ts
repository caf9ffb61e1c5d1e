import type { Handle, HandleServerError } from '@sveltejs/kit';
import { compress } from './lib/server/compress.ts';
import { marketContextOf } from './lib/server/market-context.ts';
import { allowConnections, otherBrokerUrls } from './lib/server/other-brokers.ts';
import { securityHeaders } from './lib/server/security-headers.ts';

export const handle: Handle = async ({ event, resolve }) => {
  event.locals.market = await marketContextOf(event.platform?.req);
  const response = await resolve(event, {
    // Names which first-load files are fetched early: scripts and styles, nothing else.
    preload: ({ type }) => type === 'js' || type === 'css'
  });
  for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value);
  const policy = response.headers.get('content-security-policy');
  if (policy !== null) {
    const others = otherBrokerUrls(event.locals.market.configuration);
    response.headers.set('content-security-policy', allowConnections(policy, others));
  }
  return compress(event.request, response);
};

/** Says what happened in words; the particulars go to the log alone. */
export const handleError: HandleServerError = ({ error, event, status, message }) => {
  if (status === 404) {
    return { message: 'There is no such page', advice: 'Check the address, or start from the market.' };
  }
  const particulars = error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : {};
  process.stdout.write(
    `${JSON.stringify({ level: 50, time: Date.now(), name: 'web', path: event.url.pathname, status, error: particulars, msg: message })}\n`
  );
  return {
    message: 'Something went wrong on our side',
    advice: 'Try again in a moment. The log of the market says more.'
  };
};
