import type { OutboxMessage } from '../../outbox/messages.ts';
import { liveLimits, messageKinds } from '../live-messages.ts';
import { RequestInvalidError } from '../problems.ts';
import type { Builder } from './builder.ts';

/** Adds what comes by itself: messages of the outbox, over server-sent events. */
export function subscriptions(builder: Builder): void {
  const kind = builder.enumType('MessageKind', { values: messageKinds });
  const message = builder.objectRef<OutboxMessage>('Message').implement({
    description: 'Something that happened, or took back what happened; GET /v1/events says the same.',
    fields: (t) => ({
      position: t.expose('position', { type: 'BigInt', description: 'Hand it in as after to go on behind it.' }),
      kind: t.expose('kind', { type: kind }),
      block: t.expose('block', { type: 'BigInt', nullable: true }),
      time: t.expose('time', { type: 'BigInt', description: 'Unix seconds.' }),
      subjects: t.exposeStringList('subjects', { description: 'Ids and accounts that it concerns.' }),
      payload: t.expose('payload', { type: 'JSON' }),
      undoes: t.expose('undoes', {
        type: 'BigInt',
        nullable: true,
        description: 'Position of the message that this one takes back, since a reorganisation undid its block.'
      })
    })
  });
  builder.subscriptionType({
    fields: (t) => ({
      messages: t.field({
        type: message,
        args: {
          kinds: t.arg({ type: [kind], description: 'Only these; all by default.' }),
          subjects: t.arg.stringList({
            description: `Only what concerns one of these ids and accounts; at most ${String(liveLimits.subjects)}.`
          }),
          after: t.arg({ type: 'BigInt', description: 'Position of the last message that is known.' })
        },
        subscribe: (_, { kinds, subjects, after }, { live }) => {
          if ((subjects?.length ?? 0) > liveLimits.subjects) throw invalid('subjects', 'too many');
          const known = after == null ? undefined : Number(after);
          if (known !== undefined && !(Number.isSafeInteger(known) && known >= 0))
            throw invalid('after', 'no position');
          return live({
            kinds: kinds ?? [],
            subjects: (subjects ?? []).map((subject) => subject.toLowerCase()),
            after: known
          });
        },
        resolve: (found) => found
      })
    })
  });
}

function invalid(argument: string, message: string): RequestInvalidError {
  return new RequestInvalidError([{ code: 'custom', path: [argument], message, input: undefined }]);
}
