const oneArrival = 10;

/** One answer on its way: what came, when, and how it ended. Knows no page. */
export class Run {
  state = 'waiting';
  streamId = null;
  /** What was said and called, in its order: `{text}` and `{call: {id, name, arguments, isPages, state, answer}}`. */
  parts = [];
  /** Rises with each change of the parts. */
  version = 0;
  #answers = new Map();
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

  get text() {
    return this.parts.map(({ text }) => text ?? '').join('');
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
    Object.assign(this, { parts: [], deltas: 0, lastSeq: 0, arrivals: [], version: this.version + 1 });
  }

  /** This page has answered a call. */
  answer(id, answer) {
    this.#answers.set(id, answer);
    this.#settle((call) => call.id === id, answer.success ? 'answered' : 'failed');
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
    this.#say(choice?.message?.content ?? '');
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
      this.#settle((call) => call.state === 'running', 'done');
      this.#settle((call) => call.state === 'waiting', 'missed');
      this.#say(event.content);
      this.deltas += covered;
      this.#countArrival(covered, now);
      this.state = 'streaming';
    } else if (event.type === 'function_call') {
      this.#call(event.content?.functions ?? []);
    } else if (event.type === 'error') {
      this.error = event.error;
    } else if (event.type === 'end') {
      this.usage = event.usage ?? null;
      this.#end(event.finish_reason ?? null, now);
    }
  }

  #say(text) {
    const last = this.parts.at(-1);
    if (last?.text !== undefined) {
      last.text += text;
    } else if (text) {
      this.parts.push({ text });
    }
    this.version++;
  }

  #call(functions) {
    for (const { toolCallId: id, name, arguments: given } of functions) {
      const answer = this.#answers.get(id);
      const isPages = name.startsWith('ui_');
      const state = answer ? (answer.success ? 'answered' : 'failed') : isPages ? 'waiting' : 'running';
      this.parts.push({ call: { id, name, arguments: given, isPages, state, answer } });
    }
    this.version++;
  }

  #settle(which, state) {
    for (const { call } of this.parts.filter(({ call }) => call && which(call))) {
      call.state = state;
      call.answer = this.#answers.get(call.id);
      this.version++;
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
    this.#settle((call) => call.state === 'running' || call.state === 'waiting', 'ended');
    this.state = this.error ? 'failed' : finishReason === 'stopped' ? 'stopped' : 'done';
  }
}
