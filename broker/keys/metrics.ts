import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the issuer counts, for Prometheus. */
export class IssuerMetrics {
  readonly issued: Counter;
  readonly eraChanges: Counter;
  readonly erasStarted: Counter;
  readonly failures: Counter;
  readonly delay: Histogram;

  /** @param state Asked when somebody reads the metrics. */
  constructor(
    registry: Registry,
    state: {
      /** Pieces of work and licences that wait. */
      readonly queue: () => number;
      readonly leads: () => boolean;
      /** Whether the vault is open, and sealed by a passphrase. */
      readonly vault: () => 'closed' | 'open-key' | 'sealed-key';
      readonly cutOffsDue: () => ReadonlyMap<string, number>;
    }
  ) {
    const registers = [registry];
    this.issued = new Counter({
      name: 'tributary_grants_issued_total',
      help: 'Grants sealed and handed on',
      registers
    });
    this.eraChanges = new Counter({
      name: 'tributary_era_changes_total',
      help: 'Era changes made for all running licences of a stream at once',
      registers
    });
    this.erasStarted = new Counter({
      name: 'tributary_eras_started_total',
      help: 'Eras that the issuer began by itself, to cut somebody off',
      registers
    });
    this.failures = new Counter({
      name: 'tributary_issuing_failures_total',
      help: 'Pieces of work that failed and, unless refused for good, are tried again',
      registers
    });
    this.delay = new Histogram({
      name: 'tributary_grant_delay_seconds',
      help: 'Seconds from the block of a purchase to its grant',
      buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 300, 3_600],
      registers
    });
    new Gauge({
      name: 'tributary_issuer_queue',
      help: 'Licences and pieces of work that wait for the issuer',
      registers,
      collect() {
        this.set(state.queue());
      }
    });
    new Gauge({
      name: 'tributary_issuer_leads',
      help: '1 where this process issues, 0 where another one with the same vault does',
      registers,
      collect() {
        this.set(state.leads() ? 1 : 0);
      }
    });
    new Gauge({
      name: 'tributary_vault_state',
      help: '1 for the state that the vault of the issuer is in: closed, open with its key beside it, open and sealed',
      labelNames: ['state'],
      registers,
      collect() {
        const present = state.vault();
        for (const name of ['closed', 'open-key', 'sealed-key'] as const)
          this.set({ state: name }, name === present ? 1 : 0);
      }
    });
    new Gauge({
      name: 'tributary_cut_offs_due',
      help: 'Licences that ended early or vanished and hold keys of the present era, by stream, when last looked at',
      labelNames: ['stream'],
      registers,
      collect() {
        this.reset();
        for (const [stream, due] of state.cutOffsDue()) this.set({ stream }, due);
      }
    });
  }
}
