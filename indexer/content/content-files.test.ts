import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { contentFiles } from './content-files.ts';
import { ContentCorruptError, ContentStoreUnavailableError } from './content-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'tributary-content-'));
const contents = contentFiles(join(directory, 'content'));
const bytes = new TextEncoder().encode('hello world');
const cid = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e';

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('contentFiles', () => {
  it('gives back what was put, under its CID', async () => {
    expect(await contents.get(cid, 1_000)).toBeNull();
    expect(await contents.put(bytes)).toBe(cid);
    expect(Buffer.from((await contents.get(cid, 1_000)) ?? []).toString()).toBe('hello world');
  });

  it('leaves nothing but whole files, however often the same is put at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => contents.put(new TextEncoder().encode('twenty times'))));
    expect(readdirSync(join(directory, 'content')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('does not give more than was asked for', async () => {
    expect(await contents.get(cid, 10)).toBeNull();
  });

  it('never leaves its folder', async () => {
    writeFileSync(join(directory, 'secret'), 'secret');
    expect(await contents.get('../secret', 1_000)).toBeNull();
    expect(await contents.get('b/../../secret', 1_000)).toBeNull();
  });

  it('does not pass off changed bytes as the content, and repairs them', async () => {
    writeFileSync(join(directory, 'content', cid), 'hello xorld');
    await expect(contents.get(cid, 1_000)).rejects.toBeInstanceOf(ContentCorruptError);
    await contents.put(bytes);
    expect(readFileSync(join(directory, 'content', cid), 'utf8')).toBe('hello world');
  });

  it('says so when the folder cannot be used', async () => {
    writeFileSync(join(directory, 'file'), '');
    await expect(contentFiles(join(directory, 'file', 'content')).put(bytes)).rejects.toBeInstanceOf(
      ContentStoreUnavailableError
    );
  });
});
