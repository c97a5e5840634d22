const kept = 500;

/**
 * What was handed over of each stream. A stream may come over several channels, at its own pace on each and rolled up
 * differently: it is taken from whichever brings the next piece first, and each piece once.
 */
export class Streams {
  #streams = new Map();

  /**
   * The frame's event, or the part of it that is new; null where all of it was there before.
   * `isHole` says that something before it never came and that nobody will bring it.
   */
  take({ channel, streamId, seq, seqFrom: first = seq, event }) {
    const stream = this.#streams.get(streamId) ?? this.#add(streamId, first);
    const chars = event.type === 'delta' ? event.content.length : 0;
    const start = startOf(stream, channel, first);
    stream.carriers.set(channel, { seq, chars: start === null ? null : start + chars });
    if (seq <= stream.seq) {
      return null;
    }
    const isHole = first > stream.seq + 1;
    if (isHole && !stream.isTorn && stream.carriers.size > 1) {
      // Another channel is further behind, and brings what is missing here.
      return null;
    }
    if (first <= stream.seq && start === null) {
      return null;
    }
    const known = first <= stream.seq ? stream.chars - start : 0;
    const wasTorn = stream.isTorn;
    Object.assign(stream, { seq, chars: isHole ? stream.chars + chars : stream.chars - known + chars, isTorn: false });
    if (isHole) {
      stream.isWhole = false;
    }
    return { event: known > 0 ? { ...event, content: event.content.slice(known) } : event, isHole: isHole && !wasTorn };
  }

  /** The stream is to come again from its first token, because the page asked for it. */
  forget(streamId) {
    this.#streams.delete(streamId);
  }

  /** A channel brings nothing more. `isTorn`: it left a hole, which was told. */
  leave(channel, isTorn = false) {
    for (const stream of this.#streams.values()) {
      const carried = stream.carriers.delete(channel);
      stream.isTorn ||= carried && isTorn && stream.carriers.size === 0;
    }
  }

  #add(streamId, first) {
    const stream = { seq: first - 1, chars: 0, isWhole: first === 1, isTorn: false, carriers: new Map() };
    this.#streams.set(streamId, stream);
    if (this.#streams.size > kept) {
      this.#streams.delete(this.#streams.keys().next().value);
    }
    return stream;
  }
}

/** How many characters of the stream stand before a frame; null where that cannot be told. */
function startOf(stream, channel, first) {
  const carrier = stream.carriers.get(channel);
  if (carrier?.seq === first - 1) {
    return carrier.chars;
  }
  return first - 1 === stream.seq ? stream.chars : first === 1 && stream.isWhole ? 0 : null;
}
