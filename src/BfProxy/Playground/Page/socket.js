import { BfClient } from '/bf-client.js';

const reasons = { 1001: 'the server is going away', 4008: 'this page read too slowly', 4009: 'no answer to the server’s pings', 4010: 'another page took this connection over' };

/**
 * The page's client on one channel, told in the page's words.
 * Events: `state` ({state, text}), `moved` ({channel}), `joined` ({channel, since, epoch, offset, recovered}), `frame` ({frame, text}), `gap` and `note` ({text}).
 */
export class ChannelSocket extends EventTarget {
  #client;
  #channel = null;
  #last = 'connecting';
  #joined = Promise.withResolvers();
  #replayFrom;

  /** `replayFrom` names the stream to replay from its first token where no position is known; null for none; `onToolCall` runs a tool of the page. */
  constructor(app, replayFrom, onToolCall) {
    super();
    this.#replayFrom = replayFrom;
    this.#client = new BfClient({
      app: app ?? undefined,
      onEvent: () => {},
      onToolCall,
      onFrame: (frame, text) => this.#frame(frame, text),
      onJoined: (reply) => this.#onJoined(reply),
      onGap: (gap) => this.#lost(gap),
      onStatus: (status) => this.#tell(status),
    });
  }

  /** The last frame seen: {epoch, offset}, or null before the first join. */
  get position() {
    return this.#channel ? this.#client.position(this.#channel) : null;
  }

  /** Resolves once the channel is joined, or after `patience` ms. */
  async ready(patience) {
    const late = new Promise((resolve) => setTimeout(resolve, patience));
    await Promise.race([this.#joined.promise, late]);
  }

  /** Listens to a channel. Where the app does not open it, and `orOwn` is set, the page listens to what its connection alone is on. */
  async use(channel, orOwn = false) {
    const left = this.#channel;
    if (channel === left) {
      return;
    }
    this.#channel = channel;
    this.#joined = Promise.withResolvers();
    if (left) {
      this.#client.leave(left).catch(() => {});
    }
    this.#client.connect();
    const streamId = this.#replayFrom();
    await this.#client.join(channel, streamId ? { since: { streamId } } : {}).catch((fault) => {
      this.#emit('note', { text: `join of ${channel} failed: ${fault.message}` });
      if (!orOwn || channel !== this.#channel) {
        this.#emit('state', { state: 'waiting', text: fault.message });
        return null;
      }
      return this.#useOwn();
    });
  }

  /** Joins anew to see one stream from its first token. */
  async replay(streamId) {
    await this.#client.leave(this.#channel);
    await this.#client.join(this.#channel, { since: { streamId } });
  }

  command(action, options) {
    return this.#client.command(action, options);
  }

  /** Breaks the connection as a bad network would; it comes back by itself. */
  drop() {
    this.#client.drop();
  }

  retryNow() {
    this.#client.retryNow();
  }

  get #own() {
    return `tab|${this.#client.connectionId}`;
  }

  async #useOwn() {
    const channel = this.#own;
    const waiting = this.#joined;
    this.#emit('moved', { channel });
    await this.use(channel);
    waiting.resolve();
  }

  #onJoined(reply) {
    if (reply.channel === this.#channel) {
      this.#joined.resolve();
      this.#emit('joined', reply);
    }
  }

  #lost({ channel, reason }) {
    if (channel === this.#channel) {
      this.#emit('gap', { text: `frames of ${channel} are lost: ${reason}` });
    }
  }

  #frame(frame, text) {
    if (frame.channel === this.#channel) {
      this.#emit('frame', { frame, text });
    }
  }

  #tell({ state, transport, code, delay, reason }) {
    if (state === 'waiting' && this.#last === 'open') {
      this.#joined = Promise.withResolvers();
    }
    this.#last = state;
    if (state === 'open' && this.#channel?.startsWith('tab|') && this.#channel !== this.#own) {
      this.#useOwn();
    }
    if (state === 'waiting' || state === 'closed') {
      const why = reason ?? reasons[code];
      this.#emit('note', { text: `closed (${code ?? 0}${why ? `, ${why}` : ''})${delay ? `, back in ${(delay / 1000).toFixed(1)} s` : ''}` });
    }
    this.#emit('state', { state: state === 'closed' ? 'waiting' : state, text: words({ state, transport, delay }) });
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function words({ state, transport, delay }) {
  switch (state) {
    case 'open':
      return transport === 'events' ? 'Connected · SSE' : 'Connected · socket';
    case 'connecting':
      return 'Connecting…';
    case 'waiting':
      return delay < 1500 ? 'Reconnecting…' : 'Offline · retry now';
    default:
      return 'Closed';
  }
}
