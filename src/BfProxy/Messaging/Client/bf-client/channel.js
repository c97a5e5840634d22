/** Where the page stands on one channel. */
export class Channel {
  epoch = null;
  /** Of the last frame handed over; null where the first frame of a replay is still to come. */
  offset = null;
  /** Of the user on it; undefined on channels that anybody may join. */
  mode = undefined;
  /** From where the page asked for the past, until the replay has come. */
  wanted = undefined;
  /** Whoever waits for a join that waits for the connection. */
  waiting = null;
  /** Not joined on this connection yet: what comes now comes again with the replay. */
  isPending = true;
  /** What came while a join was pending, where replies and frames have no order among them. */
  early = [];

  #joinedAt = 0;

  constructor(name) {
    this.name = name;
  }

  /** What to ask for on the way back: what the page wanted, else what follows the last frame. */
  get since() {
    return this.wanted ?? (this.epoch === null ? undefined : { epoch: this.epoch, offset: this.offset ?? this.#joinedAt });
  }

  get position() {
    return this.epoch === null ? null : { epoch: this.epoch, offset: this.offset };
  }

  /** The connection is gone. */
  cut() {
    this.isPending = true;
    this.early = [];
  }

  /** To those who wait for the join. */
  welcome(reply) {
    this.waiting?.resolve(reply);
    this.waiting = null;
  }

  refuse(fault) {
    this.waiting?.reject(fault);
    this.waiting = null;
  }

  /** Joined by a reply, `since` being what was asked for. Returns what came before the reply, in order. */
  arrive({ epoch, offset, recovered }, since) {
    const isPlace = since?.epoch !== undefined;
    this.epoch = epoch;
    this.#joinedAt = offset;
    if (recovered === undefined) {
      this.offset = offset;
    } else {
      this.offset = isPlace && recovered ? since.offset : null;
    }
    this.wanted = this.offset === null && !isPlace ? since : undefined;
    this.isPending = false;
    return this.early.splice(0).sort((a, b) => firstOf(a.frame) - firstOf(b.frame));
  }

  /** Goes on in another history; what was missed in between is lost. */
  move({ epoch, offset }) {
    Object.assign(this, { epoch, offset, wanted: undefined });
  }

  /** Whether a frame is new. */
  take({ offset }) {
    if (this.offset !== null && offset <= this.offset) {
      return false;
    }
    this.offset = offset;
    this.wanted = undefined;
    return true;
  }

  /** The replay that was asked for is through, and it may have been empty. */
  settle() {
    if (!this.isPending && this.offset === null) {
      this.offset = this.#joinedAt;
      this.wanted = undefined;
    }
  }
}

const firstOf = (frame) => frame.from ?? frame.offset;
