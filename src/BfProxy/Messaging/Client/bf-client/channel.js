/** What the client knows of one channel. */
export class Channel {
  epoch = null;
  /** Of the last frame handed over; null where the first frame of a replay is still to come. */
  offset = null;
  /** Of the user on it; undefined on channels that anybody may join. */
  mode = undefined;
  /** From where the past was asked for, until its first frame is here. */
  wanted = undefined;
  joined = null;
  /** Not joined on this connection yet: what comes now will come again with the replay. */
  isPending = true;

  constructor(name) {
    this.name = name;
  }

  /** What to ask for: what the page wanted, else what comes after the last frame. */
  get since() {
    return this.wanted ?? (this.epoch !== null && this.offset !== null ? { epoch: this.epoch, offset: this.offset } : undefined);
  }

  get goesOn() {
    return this.wanted === undefined && this.epoch !== null;
  }

  /** Where the past was asked for, what comes begins before the position that the reply names. */
  joinedAt({ epoch, offset, recovered }) {
    this.epoch = epoch;
    this.offset = recovered === undefined ? offset : null;
    this.isPending = false;
  }
}
