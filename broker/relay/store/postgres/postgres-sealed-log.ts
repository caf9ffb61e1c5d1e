import type pg from 'pg';
import type { EraChange } from '#sdk/protocol/era-change';
import type { Grant } from '#sdk/protocol/grant';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { migrate } from '../../../database/migrate.ts';
import type { SealedListener, SealedLog } from '../sealed-log.ts';
import { EraChangeLog, eraChangeMigrations } from './era-change-log.ts';
import { GrantLog } from './grant-log.ts';
import { relayMigrations } from './migrations.ts';

/** Grants and era changes in Postgres. */
export class PostgresSealedLog implements SealedLog {
  private readonly pool: pg.Pool;
  private readonly grantLog: GrantLog;
  private readonly eraChangeLog: EraChangeLog;
  private readonly listeners = new Set<SealedListener>();

  constructor(pool: pg.Pool, genesisHash: Hex) {
    this.pool = pool;
    this.grantLog = new GrantLog(pool, genesisHash);
    this.eraChangeLog = new EraChangeLog(pool, genesisHash);
  }

  async prepare(): Promise<void> {
    await migrate(this.pool, 'relay', relayMigrations);
    await migrate(this.pool, 'era-changes', eraChangeMigrations);
  }

  async appendGrant(grant: Grant): Promise<boolean> {
    if (!(await this.grantLog.append(grant))) return false;
    for (const listener of this.listeners) listener.grant(grant);
    return true;
  }

  grants(stream: Address, licensee: Address): Promise<Grant[]> {
    return this.grantLog.find(stream, licensee);
  }

  async appendEraChange(change: EraChange): Promise<boolean> {
    if (!(await this.eraChangeLog.append(change))) return false;
    for (const listener of this.listeners) listener.eraChange(change);
    return true;
  }

  eraChanges(stream: Address): Promise<EraChange[]> {
    return this.eraChangeLog.find(stream);
  }

  follow(listener: SealedListener): Promise<() => void> {
    this.listeners.add(listener);
    return Promise.resolve(() => void this.listeners.delete(listener));
  }

  stop(): Promise<void> {
    this.listeners.clear();
    return Promise.resolve();
  }
}
