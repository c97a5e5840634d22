const firstDelay = 400;
const longestDelay = 15_000;
const commandTimeout = 10_000;

const reasons = { 1001: 'the server is going away', 4008: 'this page read too slowly', 4009: 'no answer to the server’s pings' };

/**
 * A socket on one channel that comes back by itself and asks for what it missed.
 * Events: `state` ({state, text}), `joined` ({epoch, offset, since, recovered}), `frame` ({frame, text}), `note` ({text}).
 */
export class ChannelSocket extends EventTarget {
  #app;
  #channel = null;
  #socket = null;
  #pending = new Map();
  #commandId = 0;
  #attempt = 0;
  #timer = 0;
  #position = null;
  #replayFrom;
  #joined = Promise.withResolvers();

  /** `replayFrom` names the stream to replay from its first token where no position is known; null for none. */
  constructor(app, replayFrom) {
    super();
    this.#app = app;
    this.#replayFrom = replayFrom;
    addEventListener('online', () => this.retryNow());
  }

  /** The last frame seen: {epoch, offset}, or null before the first join. */
  get position() {
    return this.#position;
  }

  /** Resolves once the channel is joined, or after `patience` ms. */
  async ready(patience) {
    const late = new Promise((resolve) => setTimeout(resolve, patience));
    await Promise.race([this.#joined.promise, late]);
  }

  async use(channel) {
    const left = this.#channel;
    if (channel === left) {
      return;
    }
    this.#channel = channel;
    this.#position = null;
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#joined = Promise.withResolvers();
      if (left) {
        this.command('channelLeaveAnon', { channel: left }).catch(() => {});
      }
      await this.#join();
    } else {
      this.retryNow();
    }
  }

  /** Joins anew to see one stream from its first token. */
  async replay(streamId) {
    this.#position = null;
    await this.command('channelLeaveAnon', { channel: this.#channel });
    await this.#join({ streamId });
  }

  command(action, options) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Error('not connected'));
    }
    const id = ++this.#commandId;
    const reply = Promise.withResolvers();
    const timer = setTimeout(() => reply.reject(new Error('no reply')), commandTimeout);
    this.#pending.set(id, reply);
    this.#socket.send(JSON.stringify({ id, action, options }));
    return reply.promise.finally(() => {
      clearTimeout(timer);
      this.#pending.delete(id);
    });
  }

  /** Closes the socket as a bad network would; it comes back by itself. */
  drop() {
    this.#socket?.close();
  }

  retryNow() {
    if (this.#socket === null || this.#socket.readyState === WebSocket.CLOSED) {
      clearTimeout(this.#timer);
      this.#open();
    }
  }

  #open() {
    const url = new URL('/message/connect', location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    if (this.#app) {
      url.searchParams.set('app', this.#app);
    }
    this.#tell('connecting', this.#attempt ? 'Reconnecting…' : 'Connecting…');
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => this.#join();
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => this.#closed(code);
  }

  async #join(from) {
    const streamId = this.#replayFrom();
    const since = from ?? this.#position ?? (streamId ? { streamId } : undefined);
    const channel = this.#channel;
    try {
      const reply = await this.command('channelJoinAnon', since ? { channel, since } : { channel });
      this.#attempt = 0;
      this.#tell('open', 'Connected');
      this.#joined.resolve();
      this.#emit('joined', { channel, since, epoch: reply.epoch, offset: reply.offset, recovered: reply.recovered });
    } catch (fault) {
      this.#emit('note', { text: `join of ${channel} failed: ${fault.message}` });
      this.#tell('waiting', fault.message);
    }
  }

  #closed(code) {
    for (const reply of this.#pending.values()) {
      reply.reject(new Error('the connection closed'));
    }
    this.#joined = Promise.withResolvers();
    const ceiling = Math.min(longestDelay, firstDelay * 2 ** this.#attempt++);
    const delay = ceiling / 2 + Math.random() * ceiling / 2;
    this.#emit('note', { text: `closed (${code}${reasons[code] ? `, ${reasons[code]}` : ''}), back in ${(delay / 1000).toFixed(1)} s` });
    this.#tell('waiting', delay < 1500 ? 'Reconnecting…' : 'Offline · retry now');
    this.#timer = setTimeout(() => this.#open(), delay);
  }

  #receive(text) {
    const message = JSON.parse(text);
    if ('ping' in message) {
      this.#socket.send(JSON.stringify({ pong: message.ping }));
    } else if ('id' in message && !('channel' in message && 'event' in message)) {
      this.#reply(message);
    } else if (message.channel === this.#channel && (message.event || message.message)) {
      this.#frame(message, text);
    }
  }

  #reply(message) {
    const reply = this.#pending.get(message.id);
    if (message.error) {
      reply?.reject(new Error(message.error.message));
      return;
    }
    // The position is set here, not where the reply is awaited: frames may follow in the same read.
    if (message.epoch && message.channel === this.#channel) {
      const resumed = this.#position?.epoch === message.epoch && message.recovered !== false;
      this.#position = resumed ? this.#position : { epoch: message.epoch, offset: message.recovered === undefined ? message.offset : null };
    }
    reply?.resolve(message);
  }

  #frame(frame, text) {
    const first = frame.from ?? frame.offset;
    const expected = this.#position?.offset;
    const gap = Number.isInteger(expected) && first !== expected + 1;
    if (this.#position) {
      this.#position.offset = frame.offset;
    }
    this.#emit('frame', { frame, text, gap });
  }

  #tell(state, text) {
    this.#emit('state', { state, text });
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
