import * as z from 'zod';
import type { Address } from '#sdk/protocol/primitives';
import type { Retention } from '../event-store.ts';
import { JetStreamDamagedError, JetStreamUnavailableError } from './errors.ts';
import { makeStream, type MessageReader } from './message-reader.ts';
import { answeredCode, awayError, type NatsLink } from './nats-link.ts';
import type { Names } from './names.ts';

/** Milliseconds for which what another broker set may not be known here. */
const knownFor = 1_000;
/** Streams whose setting is remembered. */
const mostKnown = 10_000;
/** Times in a row that another broker may be faster. */
const attempts = 10;

const settingSchema = z.object({
  retention: z.object({ seconds: z.int().min(0).optional(), bytes: z.int().min(0).optional() }).nullable(),
  /** By partition: the offset below which nothing may be seen any more. */
  floors: z.record(z.string(), z.int().min(0))
});

/** What is set for one stream. */
export interface Setting {
  readonly retention: Retention | null;
  readonly floors: Readonly<Record<string, number>>;
}

const nothing: Setting = { retention: null, floors: {} };

/** How long streams are kept, and what a retention has removed that held before. */
export class RetentionSettings {
  private readonly nats: NatsLink;
  private readonly names: Names;
  private readonly messages: MessageReader;
  private readonly known = new Map<Address, { readonly at: number; readonly setting: Setting }>();

  constructor(nats: NatsLink, names: Names, messages: MessageReader) {
    this.nats = nats;
    this.names = names;
    this.messages = messages;
  }

  async prepare(): Promise<void> {
    await makeStream(this.nats, this.names.settingsStream());
  }

  /** What is set for a stream, as it was at most a second ago. */
  async read(stream: Address): Promise<Setting> {
    const known = this.known.get(stream);
    if (known !== undefined && performance.now() - known.at < knownFor) return known.setting;
    return (await this.readNow(stream)).setting;
  }

  /**
   * Changes what is set for a stream.
   *
   * @param change What to set instead of what is set now; asked again where another broker was faster.
   */
  async write(stream: Address, change: (before: Setting) => Promise<Setting>): Promise<void> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const { seq, setting: before } = await this.readNow(stream);
      const setting = await change(before);
      const { client } = await this.nats.open();
      const wrongLastSequence = 10_071;
      try {
        await this.nats.answer(
          client.publish(this.names.retention(stream), JSON.stringify(setting), {
            expect: { lastSubjectSequence: seq }
          })
        );
        this.remember(stream, setting);
        return;
      } catch (error) {
        if (answeredCode(error) !== wrongLastSequence) throw awayError(error);
      }
    }
    throw new JetStreamUnavailableError('Others change the retention of this stream just now. Try again in a moment.');
  }

  private async readNow(stream: Address): Promise<{ seq: number; setting: Setting }> {
    const message = await this.messages.last(this.names.settings, this.names.retention(stream));
    let setting = nothing;
    if (message !== null) {
      const parsed = settingSchema.safeParse(parse(message.string()));
      if (!parsed.success) throw new JetStreamDamagedError(this.names.settings, 'holds a message of others');
      const { seconds, bytes } = parsed.data.retention ?? {};
      setting = {
        retention:
          parsed.data.retention === null
            ? null
            : { ...(seconds !== undefined && { seconds }), ...(bytes !== undefined && { bytes }) },
        floors: parsed.data.floors
      };
    }
    this.remember(stream, setting);
    return { seq: message?.seq ?? 0, setting };
  }

  private remember(stream: Address, setting: Setting): void {
    this.known.delete(stream);
    this.known.set(stream, { at: performance.now(), setting });
    for (const oldest of this.known.keys()) {
      if (this.known.size <= mostKnown) break;
      this.known.delete(oldest);
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
