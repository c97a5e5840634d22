import { Delivery } from './delivery.js';
import { Streams } from './streams.js';

/** Takes frames, each once and in order, hands over what they bring, and says openly what is lost. */
export class Intake {
  #handlers;
  #channels;
  #streams = new Streams();
  #delivery;

  /** `answer(toolCallId, answer)` answers a tool call. */
  constructor(handlers, channels, answer) {
    this.#handlers = handlers;
    this.#channels = channels;
    this.#delivery = new Delivery(handlers, answer, ({ channel, streamId }) =>
      this.#tell({ channel, streamId, reason: 'too many events wait for BF.namedAction' }));
  }

  /** A frame of a connection; `isOrdered` says whether replies stand among its frames. */
  take(frame, text, isOrdered) {
    const channel = this.#channels.get(frame.channel);
    if ((!channel || channel.isPending) && !isOrdered) {
      this.#channels.keep(frame, text);
    }
    if (!channel || channel.isPending || !channel.take(frame)) {
      return;
    }
    this.#handlers.onFrame?.(frame, text);
    if (frame.message) {
      this.#handlers.onMessage?.(frame.message, { channel: frame.channel, from: frame.from });
    } else {
      this.#takeEvent(frame);
    }
  }

  /** The page asked for a stream from its first token. */
  takeAgain(streamId) {
    this.#streams.forget(streamId);
  }

  /** A channel brings nothing more. */
  leave(channel) {
    this.#streams.leave(channel);
  }

  /** Frames of a channel are lost. */
  lost(channel, reason) {
    this.#streams.leave(channel, true);
    this.#tell({ channel, reason });
  }

  #takeEvent({ channel, streamId, actionName, ...frame }) {
    const taken = this.#streams.take({ channel, streamId, ...frame });
    if (taken?.isHole) {
      this.#tell({ channel, streamId, reason: 'part of the stream came over another channel' });
    }
    if (taken) {
      this.#delivery.hand({ ...taken.event, streamId, channel }, actionName);
    }
  }

  #tell(gap) {
    this.#handlers.onGap?.(gap);
  }
}
