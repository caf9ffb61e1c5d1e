import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { cpuSeconds } from './market.ts';

const reportSchema = z.object({ type: z.string(), at: z.number().default(0), port: z.number().default(0) });

/** What a helper says, where it is a time in milliseconds of the clock that processes share. */
export type Report = z.infer<typeof reportSchema>;

/** A process of the bench beside the measuring one, so that neither slows down the other. */
export class HelperProcess {
  private readonly child: ChildProcess;
  private readonly reports: Report[] = [];
  private wake: () => void = () => undefined;

  /** @param folder Its folder beside this file. */
  constructor(folder: 'subscribers' | 'bare-sockets') {
    this.child = fork(fileURLToPath(new URL(`./${folder}/main.ts`, import.meta.url)), {
      execArgv: ['--import', 'tsx']
    });
    this.child.on('message', (message) => {
      this.reports.push(reportSchema.parse(message));
      this.wake();
    });
  }

  send(task: object): void {
    this.child.send(task);
  }

  /** The next report of a kind, come or still to come. */
  async next(type: string): Promise<Report> {
    for (;;) {
      const place = this.reports.findIndex((report) => report.type === type);
      const [found] = place < 0 ? [] : this.reports.splice(place, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Seconds of processor time that it has used. */
  cpu(): number {
    return cpuSeconds(this.child.pid ?? 0);
  }

  end(): void {
    this.child.kill();
  }
}
