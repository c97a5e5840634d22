/**
 * BfProxy's browser client: channels over a WebSocket, or over server-sent events where sockets are blocked. It comes back by
 * itself, asks for what it missed, and hands every event over exactly once and in order, or says openly that some were lost.
 *
 *   import { connect } from 'https://proxy.example/bf-client.js';
 *   const client = connect({ onEvent: (event) => console.log(event) });
 *   await client.join('chatRoom');
 *
 * Types are in bf-client.d.ts; what is promised, in docs/channels.md. The modules beside it are its own.
 */
import { ActionQueue } from './bf-client/actions.js';
import { Channel } from './bf-client/channel.js';
import { ClientError, EventsWire, SocketWire } from './bf-client/wires.js';

const firstDelay = 500;
const longestDelay = 30_000;
const commandTimeout = 15_000;
const silence = 70_000;
const socketTries = 2;
const keptStreams = 200;

/** Close codes after which coming back would only repeat what was wrong. */
const final = new Set([1003, 1007, 1008, 1009]);
const resumedElsewhere = 4010;

export class BfClient {
  #options;
  #url;
  #wire = null;
  #state = 'closed';
  #attempt = 0;
  #failedSockets = 0;
  #timer = 0;
  #watch = 0;
  #ids = 0;
  #replies = new Map();
  #channels = new Map();
  #homes = new Map();
  #resumeToken = null;
  #connectionId = null;
  #cursor = { value: null };
  #isSocket = false;
  #actions = new ActionQueue();

  constructor(options = {}) {
    this.#options = options;
    this.#url = new URL(options.url ?? import.meta.url);
    globalThis.addEventListener?.('online', () => this.retryNow());
    globalThis.document?.addEventListener('visibilitychange', () => document.hidden || this.retryNow());
  }

  get connectionId() {
    return this.#connectionId;
  }

  get state() {
    return this.#state;
  }

  /** The last frame handed over of a channel: {epoch, offset}, or null before it was joined. */
  position(channel) {
    const known = this.#channels.get(channel);
    return known?.epoch ? { epoch: known.epoch, offset: known.offset } : null;
  }

  connect() {
    if (this.#state === 'closed') {
      this.#open();
    }
    return this;
  }

  close() {
    this.#tell('closed');
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#wire?.close();
    this.#wire = null;
    this.#failCommands('closed');
  }

  /** Waits no longer for the next try. */
  retryNow() {
    if (this.#state === 'waiting') {
      clearTimeout(this.#timer);
      this.#open();
    }
  }

  /** Breaks the connection as a bad network would; it comes back by itself. */
  drop() {
    this.#wire?.drop();
  }

  /** Listens to a channel, from now on or from where `since` says. Resolves with the server's reply, also where it has to wait for the connection. */
  async join(channel, { since } = {}) {
    const known = this.#channels.get(channel) ?? new Channel(channel);
    this.#channels.set(channel, known);
    known.wanted = since ?? known.wanted;
    if (this.#state !== 'open') {
      return (known.joined ??= Promise.withResolvers()).promise;
    }
    return this.#join(known);
  }

  leave(channel) {
    this.#channels.delete(channel);
    return this.#state === 'open' ? this.command('channelLeaveAnon', { channel }) : Promise.resolve();
  }

  /** Proves who the user is, now and whenever the connection comes back. `token` is a JWT or a function that gets a fresh one. */
  authenticate(token) {
    this.#options = { ...this.#options, token };
    return this.#authenticate();
  }

  send({ channels, actions = [], model = {}, app = {} }) {
    const open = channels.every((name) => !this.#channels.get(name)?.mode);
    return this.command(open ? 'messageSendAnonChannel' : 'messageSend', { channels, actions, model, app });
  }

  stop(streamId) {
    return this.command('llmQueryStop', { streamId });
  }

  /** Answers a front-end tool call; everything in `answer` goes to the model. */
  answerTool(toolCallId, answer) {
    return this.command('llmToolCallResponse', { toolCallId, ...answer });
  }

  /** Any command of the contract. Rejects with a ClientError where it is refused, cut off or not answered. */
  command(action, options) {
    if (!this.#wire) {
      return Promise.reject(new ClientError(0, 'not connected'));
    }
    const id = ++this.#ids;
    const reply = Promise.withResolvers();
    const timer = setTimeout(() => reply.reject(new ClientError(0, 'no reply')), commandTimeout);
    this.#replies.set(id, reply);
    this.#wire.send({ id, action, options }).then((answer) => answer && this.#answered(answer), (fault) => reply.reject(fault));
    return reply.promise.finally(() => {
      clearTimeout(timer);
      this.#replies.delete(id);
    });
  }

  async #open() {
    this.#tell('connecting');
    const useEvents = this.#options.transport === 'events' || (this.#options.transport !== 'socket' && this.#failedSockets >= socketTries);
    for (const channel of this.#channels.values()) {
      channel.isPending = true;
    }
    this.#isSocket = !useEvents;
    try {
      const Wire = useEvents ? EventsWire : SocketWire;
      await Wire.open(this.#url, this.#options, [...this.#channels.keys()], {
        opening: (wire) => { this.#wire = wire; },
        message: (message, text) => this.#take(message, text),
        closed: (code, mayReturn) => this.#closed(code, mayReturn),
        cursor: this.#cursor,
      });
    } catch (fault) {
      this.#wire = null;
      this.#closed(fault.code ?? 0, fault.code !== 401 && fault.code !== 403 && fault.code !== 404);
    }
  }

  #take(message, text) {
    this.#heard();
    if ('ping' in message) {
      this.#wire?.pong(message.ping);
    } else if ('connectionId' in message && 'channels' in message && !('id' in message)) {
      this.#greeted(message).catch((fault) => this.#options.onStatus?.({ state: this.#state, reason: fault.message }));
    } else if ('id' in message && !('offset' in message && ('event' in message || 'message' in message))) {
      this.#answered(message);
    } else if ('offset' in message) {
      this.#frame(message, text);
    }
  }

  async #greeted(greeting) {
    this.#failedSockets = 0;
    const old = this.#resumeToken;
    this.#resumeToken = this.#wire.resumeToken = greeting.resumeToken ?? null;
    this.#connectionId = greeting.connectionId;
    // An event stream goes on from its cursor at once; what it brings must not wait for the answer of a POST.
    for (const position of greeting.channels.filter(({ channel, recovered }) => recovered !== undefined && this.#channels.has(channel))) {
      this.#rejoined(this.#channels.get(position.channel), position);
    }
    const resumed = old ? await this.command('resume', { resumeToken: old }).catch(() => null) : null;
    if (resumed) {
      this.#connectionId = resumed.connectionId ?? this.#connectionId;
      this.#resumeToken = this.#wire.resumeToken = resumed.resumeToken ?? old;
    }
    this.#adopt(greeting.channels, resumed);
    this.#attempt = 0;
    this.#tell('open');
    if (this.#options.token) {
      await this.#authenticate();
    }
    await Promise.all([...this.#channels.values()].filter((channel) => channel.isPending).map((channel) => this.#join(channel).catch(() => null)));
  }

  /** What the server put us on by itself: known channels are joined again from their last frame, new ones begin here. */
  #adopt(positions, resumed) {
    if (!resumed) {
      for (const name of [...this.#channels.keys()].filter((name) => name.startsWith('tab|') && name !== `tab|${this.#connectionId}`)) {
        this.#channels.delete(name);
      }
    }
    for (const position of positions.filter(({ channel }) => !resumed || !channel.startsWith('tab|'))) {
      if (!this.#channels.has(position.channel)) {
        const channel = new Channel(position.channel);
        channel.joinedAt(position);
        this.#channels.set(position.channel, channel);
      }
    }
  }

  async #authenticate() {
    const { token } = this.#options;
    const value = typeof token === 'function' ? await token() : token;
    if (this.#state !== 'open' || !value) {
      return null;
    }
    const reply = await this.command('authenticate', { token: value });
    this.#channels.delete('anonymous');
    for (const position of reply.channels ?? []) {
      const known = this.#channels.get(position.channel);
      const channel = known ?? new Channel(position.channel);
      channel.mode = position.mode;
      this.#channels.set(position.channel, channel);
      if (!known?.isPending) {
        channel.joinedAt(position);
      }
    }
    return reply;
  }

  async #join(channel) {
    const { since } = channel;
    channel.isPending = true;
    try {
      const reply = await this.command('channelJoinAnon', { channel: channel.name, since });
      channel.joined?.resolve(reply);
      this.#options.onJoined?.({ ...reply, since });
      return reply;
    } catch (fault) {
      if (fault.code) {
        this.#channels.delete(channel.name);
        channel.joined?.reject(fault);
      }
      throw fault;
    }
  }

  #answered(message) {
    const reply = this.#replies.get(message.id);
    if (message.error) {
      reply?.reject(new ClientError(message.error.code, message.error.message));
      return;
    }
    // The position is set here, not where the reply is awaited: frames may follow in the same read.
    const channel = message.epoch && this.#channels.get(message.channel);
    if (channel) {
      this.#rejoined(channel, message);
    }
    reply?.resolve(message);
  }

  #rejoined(channel, position) {
    const { goesOn } = channel;
    if (goesOn && position.recovered) {
      channel.isPending = false;
      channel.epoch = position.epoch;
      return;
    }
    channel.joinedAt(position);
    if (goesOn && position.recovered === false) {
      this.#lost(channel);
    }
  }

  #frame(frame, text) {
    const channel = this.#channels.get(frame.channel);
    if (!channel || channel.isPending) {
      return;
    }
    if (frame.epoch && !frame.event && !frame.message) {
      // The channel began anew while we listened.
      channel.joinedAt({ ...frame, recovered: undefined });
      this.#lost(channel);
      return;
    }
    if (channel.offset !== null && frame.offset <= channel.offset) {
      return;
    }
    channel.offset = frame.offset;
    channel.wanted = undefined;
    this.#options.onFrame?.(frame, text);
    if (frame.message) {
      this.#options.onMessage?.(frame.message, { channel: frame.channel, from: frame.from });
    } else if (frame.event && this.#isHome(frame)) {
      this.#event(frame);
    }
  }

  /** A stream that goes to several of our channels is taken from the first of them on which it was seen. */
  #isHome({ streamId, channel }) {
    if (!this.#homes.has(streamId)) {
      this.#homes.set(streamId, channel);
      if (this.#homes.size > keptStreams) {
        this.#homes.delete(this.#homes.keys().next().value);
      }
    }
    return this.#homes.get(streamId) === channel;
  }

  #event(frame) {
    const event = { ...frame.event, streamId: frame.streamId, channel: frame.channel };
    if (this.#options.onEvent) {
      this.#options.onEvent(event, frame.actionName);
    } else if (frame.actionName && event.type !== 'llmToolCall') {
      this.#actions.add(frame.actionName, event);
    }
    if (event.type === 'llmToolCall') {
      this.#runTool(event);
    }
  }

  async #runTool(event) {
    const { onToolCall } = this.#options;
    try {
      if (onToolCall) {
        const answer = await onToolCall(event);
        await this.answerTool(event.toolCallId, answer ?? { success: true });
      } else if (!this.#options.onEvent || globalThis.BF?.namedAction) {
        // The page's own action answers.
        await this.#actions.tool(event);
      }
    } catch (fault) {
      await this.answerTool(event.toolCallId, { success: false, message: String(fault?.message ?? fault) }).catch(() => {});
    }
  }

  #lost(channel) {
    for (const [streamId, home] of this.#homes) {
      if (home === channel.name) {
        this.#homes.delete(streamId);
      }
    }
    this.#options.onGap?.({ channel: channel.name });
  }

  #closed(code, mayReturn = !final.has(code)) {
    if (this.#state === 'closed') {
      return;
    }
    this.#failedSockets += this.#isSocket && this.#state === 'connecting' ? 1 : 0;
    this.#wire = null;
    clearTimeout(this.#watch);
    this.#failCommands('the connection closed');
    if (code === resumedElsewhere) {
      this.#resumeToken = null;
    }
    if (!mayReturn && code !== resumedElsewhere) {
      this.#tell('closed', { code });
      return;
    }
    const ceiling = Math.min(longestDelay, firstDelay * 2 ** this.#attempt++);
    const delay = ceiling / 2 + Math.random() * ceiling / 2;
    this.#tell('waiting', { code, delay });
    this.#timer = setTimeout(() => this.#open(), delay);
  }

  /** The server breaks every silence; where it does not, the connection is dead and nobody said so. */
  #heard() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#wire?.drop(), silence);
  }

  #failCommands(why) {
    for (const reply of this.#replies.values()) {
      reply.reject(new ClientError(0, why));
    }
    this.#replies.clear();
  }

  #tell(state, details = {}) {
    this.#state = state;
    this.#options.onStatus?.({ state, transport: this.#wire?.name ?? null, attempt: this.#attempt, ...details });
  }
}

/** Connects at once. */
export const connect = (options) => new BfClient(options).connect();

export { ClientError };
