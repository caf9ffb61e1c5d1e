import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { ConfigurationError } from '#sdk/protocol/configuration';
import { checkMetricsAccess, readMetricsToken } from './metrics-access.ts';
import { respondError } from './problem-response.ts';

const directory = mkdtempSync(join(tmpdir(), 'tributary-metrics-'));
const token = 'a'.repeat(40);

afterAll(() => rmSync(directory, { recursive: true }));

it('lets in this machine, and others with the token only', async () => {
  const app = new Hono();
  app.onError((error, context) => respondError(context, error, pino({ level: 'silent' })));
  app.get('/open', (context) => {
    checkMetricsAccess(context, token);
    return context.text('counted');
  });
  app.get('/local', (context) => {
    checkMetricsAccess(context, undefined);
    return context.text('counted');
  });
  const listener = getRequestListener(app.fetch);
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}${path}`;
    return (await fetch(url, { headers })).status;
  };
  const elsewhere = { 'x-forwarded-for': '127.0.0.1, 192.0.2.7' };
  expect(await ask('/local')).toBe(200);
  expect(await ask('/local', elsewhere)).toBe(401);
  expect(await ask('/local', { ...elsewhere, authorization: `Bearer ${token}` })).toBe(401);
  expect(await ask('/open', elsewhere)).toBe(401);
  expect(await ask('/open', { ...elsewhere, authorization: `Bearer ${token}b` })).toBe(401);
  expect(await ask('/open', { ...elsewhere, authorization: `Bearer ${token}` })).toBe(200);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('reads a token from a file that nobody else can read', () => {
  const file = join(directory, 'token');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  expect(readMetricsToken(file)).toBe(token);
  const shared = join(directory, 'shared');
  writeFileSync(shared, token, { mode: 0o644 });
  const short = join(directory, 'short');
  writeFileSync(short, 'secret', { mode: 0o600 });
  for (const wrong of [shared, short, join(directory, 'missing')]) {
    expect(() => readMetricsToken(wrong)).toThrow(ConfigurationError);
  }
});
