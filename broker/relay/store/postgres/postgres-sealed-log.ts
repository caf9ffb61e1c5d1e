import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type pg from 'pg';
import type { EraChange } from '#sdk/protocol/era-change';
import type { Grant } from '#sdk/protocol/grant';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { migrate } from '../../../database/migrate.ts';
import type { EraStart, SealedListener, SealedLog } from '../sealed-log.ts';
import { EraChangeLog, eraChangeMigrations } from './era-change-log.ts';
import { GrantLog } from './grant-log.ts';
import { relayMigrations } from './migrations.ts';
import { Notifications } from './notifications.ts';

/** Milliseconds for which news of other brokers is collected before it is read. */
const collectFor = 5;

/** Grants and era changes in Postgres. */
export class PostgresSealedLog implements SealedLog {
  private readonly pool: pg.Pool;
  private readonly logger: Logger;
  private readonly channel: string;
  private readonly teller = randomUUID();
  private readonly grantLog: GrantLog;
  private readonly eraChangeLog: EraChangeLog;
  private readonly notifications: Notifications;
  private readonly listeners = new Set<SealedListener>();
  /** Numbers of what other brokers stored. */
  private news = { grants: [] as number[], eraChanges: [] as number[] };
  private timer: NodeJS.Timeout | undefined;

  constructor(pool: pg.Pool, genesisHash: Hex, logger: Logger) {
    this.pool = pool;
    this.logger = logger;
    this.channel = `tributary_sealed_${genesisHash.slice(2, 18)}`;
    this.grantLog = new GrantLog(pool, genesisHash);
    this.eraChangeLog = new EraChangeLog(pool, genesisHash);
    this.notifications = new Notifications({
      pool,
      channel: this.channel,
      logger,
      onNotification: (payload) => this.hear(payload),
      onConnected: () => {
        for (const listener of this.listeners) listener.missed();
      }
    });
  }

  async prepare(): Promise<void> {
    await migrate(this.pool, 'relay', relayMigrations);
    await migrate(this.pool, 'era-changes', eraChangeMigrations);
    await this.notifications.start();
  }

  async appendGrant(grant: Grant): Promise<boolean> {
    if (!(await this.grantLog.append(grant, this.channel, this.teller))) return false;
    for (const listener of this.listeners) listener.grant(grant);
    return true;
  }

  grants(stream: Address, licensee: Address): Promise<Grant[]> {
    return this.grantLog.find(stream, licensee);
  }

  async appendEraChange(change: EraChange): Promise<boolean> {
    if (!(await this.eraChangeLog.append(change, this.channel, this.teller))) return false;
    for (const listener of this.listeners) listener.eraChange(change);
    return true;
  }

  eraChanges(stream: Address): Promise<EraChange[]> {
    return this.eraChangeLog.find(stream);
  }

  eraStarts(stream: Address): Promise<EraStart[]> {
    return this.eraChangeLog.starts(stream);
  }

  follow(listener: SealedListener): Promise<() => void> {
    this.listeners.add(listener);
    return Promise.resolve(() => void this.listeners.delete(listener));
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.listeners.clear();
    await this.notifications.stop();
  }

  private hear(payload: string): void {
    const [from, kind, id] = payload.split(' ');
    if (from === this.teller || this.listeners.size === 0) return;
    (kind === 'grant' ? this.news.grants : this.news.eraChanges).push(Number(id));
    this.timer ??= setTimeout(() => void this.readNews(), collectFor);
  }

  private async readNews(): Promise<void> {
    const { grants, eraChanges } = this.news;
    this.news = { grants: [], eraChanges: [] };
    this.timer = undefined;
    try {
      for (const grant of await this.grantLog.read(grants)) {
        for (const listener of this.listeners) listener.grant(grant);
      }
      for (const change of await this.eraChangeLog.read(eraChanges)) {
        for (const listener of this.listeners) listener.eraChange(change);
      }
    } catch (error) {
      this.logger.warn({ reason: String(error) }, 'what other brokers stored could not be read');
      for (const listener of this.listeners) listener.missed();
    }
  }
}
