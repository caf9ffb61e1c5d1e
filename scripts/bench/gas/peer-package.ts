import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { hexSchema, type Hex } from '#sdk/protocol/primitives';
import { PeerUnavailableError } from './errors.ts';
import { fileInArchive } from './tar.ts';

/** An npm package, pinned by version and by the SHA-512 of its archive. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** Base64 of the archive's SHA-512, as npm's own lock files have it. */
  readonly sha512: string;
}

/** A fetched and checked package, of which single artifacts are read. */
export interface PeerPackage {
  /**
   * The creation code in a compiler's artifact.
   *
   * @param path - The artifact's path inside the package.
   * @throws {@link PeerUnavailableError} where there is no such artifact or it has no code.
   */
  bytecode(path: string): Hex;
}

const folder = join(import.meta.dirname, '../../../build/bench-peers');
const run = promisify(execFile);
/** Hardhat writes the code as a string, Foundry as an object; some leave 0x away. */
const artifactSchema = z.object({
  bytecode: z.union([z.string(), z.object({ object: z.string() }).transform(({ object }) => object)])
});

/**
 * Fetches a package by npm, from wherever npm is configured to fetch, keeps its archive in build/bench-peers and checks
 * it against the pinned hash at every use. Nothing of it is installed or run here: only the bytecode in its artifacts
 * is read, and that runs on the bench's own chain.
 *
 * @throws {@link PeerUnavailableError} where npm cannot fetch it or the archive is another one.
 */
export async function peerPackage(pinned: PinnedPackage): Promise<PeerPackage> {
  const { name, version, sha512 } = pinned;
  const spec = `${name}@${version}`;
  const kept = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if (!existsSync(kept)) await fetchPackage(spec, kept);
  const archive = readFileSync(kept);
  if (createHash('sha512').update(archive).digest('base64') !== sha512) {
    rmSync(kept);
    throw new PeerUnavailableError(`${spec} is not the archive that was pinned; it was thrown away, run again.`);
  }
  return {
    bytecode(path) {
      const file = fileInArchive(archive, `package/${path}`);
      if (file === undefined) throw new PeerUnavailableError(`${spec} carries no ${path}; correct the path.`);
      const { bytecode } = artifactSchema.parse(JSON.parse(file.toString('utf8')));
      const code = hexSchema.safeParse(bytecode.startsWith('0x') ? bytecode : `0x${bytecode}`);
      if (!code.success || code.data === '0x') {
        throw new PeerUnavailableError(`${spec} carries no code in ${path}; choose another version.`);
      }
      return code.data;
    }
  };
}

async function fetchPackage(spec: string, kept: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const temporary = mkdtempSync(join(folder, 'fetching-'));
  try {
    await run('npm', ['pack', spec, '--ignore-scripts', '--pack-destination', temporary], {
      cwd: temporary,
      timeout: 120_000,
      shell: process.platform === 'win32'
    });
    const [archive] = readdirSync(temporary);
    if (archive === undefined) throw new PeerUnavailableError(`npm packed nothing for ${spec}; try it by hand.`);
    renameSync(join(temporary, archive), kept);
  } catch (cause) {
    if (cause instanceof PeerUnavailableError) throw cause;
    throw new PeerUnavailableError(`npm could not fetch ${spec}; go online once, or fill npm's cache.`, { cause });
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
