const oneArrival = 10;

/** One answer on its way: what came, when, and how it ended. Knows no page. */
export class Run {
  state = 'waiting';
  streamId = null;
  text = '';
  toolCalls = [];
  deltas = 0;
  lastSeq = 0;
  arrivals = [];
  acceptedAt = null;
  firstAt = null;
  lastAt = null;
  endedAt = null;
  finishReason = null;
  usage = null;
  error = null;

  constructor({ startedAt, source, own, streaming }) {
    this.startedAt = startedAt;
    this.source = source;
    this.own = own;
    this.streaming = streaming;
  }

  get active() {
    return this.state === 'waiting' || this.state === 'streaming';
  }

  /** Tokens a second once text has begun; the provider's own count where it reported one. */
  get speed() {
    const seconds = (this.lastAt - this.firstAt) / 1000;
    const tokens = this.usage?.completion_tokens ?? this.deltas;
    return this.firstAt !== null && seconds > 0.05 && tokens > 1 ? (tokens - 1) / seconds : null;
  }

  /** Forgets what came, to take the stream again from its first token. */
  rewind() {
    Object.assign(this, { text: '', toolCalls: [], deltas: 0, lastSeq: 0, arrivals: [] });
  }

  /** Takes a frame of this stream; false where it was seen before (a stream may come over two channels). */
  accept(frame, now) {
    if (frame.seq <= this.lastSeq) {
      return false;
    }
    const covered = frame.seq - (frame.seqFrom ?? frame.seq) + 1;
    this.lastSeq = frame.seq;
    this.#take(frame.event, covered, now);
    return true;
  }

  /** Takes the one object of a plain answer. */
  complete(response, now) {
    const choice = response.choices?.[0];
    this.text = choice?.message?.content ?? '';
    this.toolCalls = (choice?.message?.tool_calls ?? []).map((call) => call.function ?? call);
    this.usage = response.usage ?? null;
    this.#end(choice?.finish_reason ?? null, now);
  }

  fail(error, now) {
    this.error = error;
    this.state = 'failed';
    this.endedAt = now;
  }

  stop(now) {
    this.#end('stopped', now);
  }

  #take(event, covered, now) {
    if (event.type === 'delta') {
      this.firstAt ??= now;
      this.lastAt = now;
      this.text += event.content;
      this.deltas += covered;
      this.#countArrival(covered, now);
      this.state = 'streaming';
    } else if (event.type === 'function_call') {
      this.toolCalls.push(...(event.content?.functions ?? []));
    } else if (event.type === 'error') {
      this.error = event.error;
    } else if (event.type === 'end') {
      this.usage = event.usage ?? null;
      this.#end(event.finish_reason ?? null, now);
    }
  }

  /** Arrivals within some milliseconds count as one, so that the list grows with time and not with tokens. */
  #countArrival(covered, now) {
    const last = this.arrivals.at(-1);
    if (last && now - last[0] < oneArrival) {
      last[1] += covered;
    } else {
      this.arrivals.push([now, covered]);
    }
  }

  #end(finishReason, now) {
    this.finishReason = finishReason;
    this.endedAt = now;
    this.state = this.error ? 'failed' : finishReason === 'stopped' ? 'stopped' : 'done';
  }
}
