import { EnsNameChanged, StreamCreated } from '../generated/StreamRegistry/StreamRegistry';
import { Stream as StreamTemplate } from '../generated/templates';
import { createStream, nameStream } from '../store/stream';

/** A new stream: from here on its own logs are read too. */
export function handleStreamCreated(event: StreamCreated): void {
  createStream(
    event.params.stream,
    event.params.owner,
    event.params.name,
    event.params.description,
    event.params.slotDuration,
    event.params.partitions,
    event.block
  );
  StreamTemplate.create(event.params.stream);
}

export function handleEnsNameChanged(event: EnsNameChanged): void {
  nameStream(event.params.stream, event.params.name);
}
