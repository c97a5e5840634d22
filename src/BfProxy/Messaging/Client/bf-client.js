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
import { Channel } from './bf-client/channel.js';
import { Commands } from './bf-client/commands.js';
import { Delivery } from './bf-client/delivery.js';
import { Pace } from './bf-client/pace.js';
import { Streams } from './bf-client/streams.js';
import { ClientError, EventsWire, SocketWire } from './bf-client/wires.js';

const greetingTimeout = 10_000;
const silence = 45_000;
const probeTimeout = 8_000;

const resumedElsewhere = 4010;
const stateUnavailable = 10119;

export class BfClient {
  #options;
  #url;
  #state = 'closed';
  #wire = null;
  /** Counts connections: what an earlier one still says is not heard. */
  #turn = 0;
  #isReady = false;
  #identity = null;
  #commands = new Commands();
  #channels = new Map();
  #streams = new Streams();
  #delivery;
  #pace = new Pace();
  #timer = 0;
  #watch = 0;
  #wake = () => (globalThis.document?.hidden ? undefined : this.retryNow());

  constructor(options = {}) {
    this.#options = options;
    this.#url = new URL(options.url ?? import.meta.url);
    this.#delivery = new Delivery(options, (id, answer) => this.answerTool(id, answer), ({ channel, streamId }) =>
      this.#tellGap({ channel, streamId, reason: 'too many events wait for BF.namedAction' }));
  }

  get connectionId() {
    return this.#identity?.connectionId ?? null;
  }

  get state() {
    return this.#state;
  }

  /** Where the page stands on a channel: {epoch, offset}; null before it was joined. */
  position(channel) {
    return this.#channels.get(channel)?.position ?? null;
  }

  connect() {
    if (this.#state === 'closed') {
      globalThis.addEventListener?.('online', this.#wake);
      globalThis.document?.addEventListener('visibilitychange', this.#wake);
      this.#open();
    }
    return this;
  }

  /** Ends the connection for good; `connect` begins anew. */
  close() {
    if (this.#state !== 'closed') {
      this.#end({ code: 1000, reason: 'closed', isFinal: true });
    }
  }

  /** Waits no longer for the next try; an open connection is asked for a sign of life. */
  retryNow() {
    if (this.#state === 'waiting') {
      clearTimeout(this.#timer);
      this.#open();
    } else if (this.#isReady) {
      this.#probe();
    }
  }

  /** Breaks the connection as a bad network would; it comes back by itself. */
  drop() {
    this.#wire?.close(0, 'dropped');
  }

  /** Listens to a channel, from now on or from where `since` says. Resolves with the server's reply, also where it has to wait for the connection. */
  async join(name, { since } = {}) {
    const channel = this.#channels.get(name) ?? new Channel(name);
    this.#channels.set(name, channel);
    if (this.#isReady) {
      return this.#join(channel, since ?? (channel.isPending ? channel.since : undefined));
    }
    channel.wanted = since ?? channel.wanted;
    return (channel.waiting ??= Promise.withResolvers()).promise;
  }

  async leave(name) {
    this.#forget(name);
    return this.#isReady ? this.command('channelLeaveAnon', { channel: name }) : { ok: true, channel: name };
  }

  /** Proves who the user is, now and whenever the connection comes back. `token` is a JWT or a function that gets a fresh one. */
  async authenticate(token) {
    this.#options = { ...this.#options, token };
    return this.#isReady ? this.#authenticate() : null;
  }

  send({ channels, actions = [], model = {}, app = {} }) {
    const isOwn = channels.some((name) => this.#channels.get(name)?.mode !== undefined);
    return this.command(isOwn ? 'messageSend' : 'messageSendAnonChannel', { channels, actions, model, app });
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
    return this.#ask(action, options);
  }

  #open() {
    const turn = ++this.#turn;
    const mine = (act) => (...args) => turn === this.#turn && act(...args);
    const useEvents = this.#pace.begin(this.#options.transport);
    this.#channels.forEach((channel) => channel.cut());
    this.#tell('connecting');
    this.#watch = setTimeout(mine(() => this.#wire?.close(0, 'no greeting')), greetingTimeout);
    const end = mine((how) => this.#end(how));
    try {
      this.#wire = new (useEvents ? EventsWire : SocketWire)(this.#url, this.#options.app, {
        message: mine((message, text) => this.#take(message, text)),
        heard: mine(() => this.#heard()),
        quiet: mine(() => this.#settle()),
        closed: end,
      });
    } catch (fault) {
      end({ code: 0, reason: fault.message, isFinal: false });
    }
  }

  #end({ code, reason, isFinal, retryAfter = 0 }) {
    const wire = this.#wire;
    this.#turn++;
    this.#wire = null;
    this.#isReady = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    wire?.close();
    this.#commands.cut(reason);
    if (code === resumedElsewhere) {
      this.#loseIdentity();
    }
    const delay = Math.max(retryAfter, this.#pace.ended());
    if (isFinal) {
      globalThis.removeEventListener?.('online', this.#wake);
      globalThis.document?.removeEventListener('visibilitychange', this.#wake);
      this.#channels.forEach((channel) => channel.refuse(new ClientError(code, reason || 'closed')));
      this.#tell('closed', { code, reason });
    } else {
      this.#timer = setTimeout(() => this.#open(), delay);
      this.#tell('waiting', { code, reason, delay });
    }
  }

  #take(message, text) {
    this.#heard();
    if ('ping' in message) {
      this.#wire.pong(message.ping);
      this.#settle();
    } else if ('event' in message || 'message' in message) {
      this.#frame(message, text);
    } else if ('id' in message) {
      this.#commands.answered(message);
    } else if ('connectionId' in message) {
      this.#greeted(message);
    } else if ('joined' in message) {
      this.#granted(message.joined);
    } else if ('left' in message) {
      this.#forget(message.left.channel);
    } else if (this.#channels.has(message.channel)) {
      this.#channels.get(message.channel).move(message);
      this.#lost(message.channel, 'the server began a new history');
    }
  }

  async #greeted(greeting) {
    const wire = this.#wire;
    this.#pace.greeted(wire.name);
    const old = this.#identity;
    this.#identity = greeting;
    try {
      const resumed = old && await this.#attempt('resume', { resumeToken: old.resumeToken });
      if (resumed) {
        this.#identity = resumed;
      } else if (old) {
        this.#lost(`tab|${old.connectionId}`, 'the connection could not be resumed');
        this.#forget(`tab|${old.connectionId}`);
      }
      for (const position of greeting.channels.filter(({ channel }) => !this.#channels.has(channel) && !(resumed && channel === `tab|${greeting.connectionId}`))) {
        this.#arrived(this.#add(position.channel), position);
      }
      await this.#authenticate().catch((fault) => this.#carryOn(wire, fault));
      this.#isReady = true;
      this.#tell('open');
      await Promise.all([...this.#channels.values()].filter(({ isPending }) => isPending).map((channel) => this.#rejoin(channel)));
    } catch (fault) {
      // Cut off, and already dealt with; or a server that does not answer.
      if (wire === this.#wire) {
        wire.close(0, fault.message);
      }
    }
  }

  /** Null where the server refuses. */
  #attempt(action, options) {
    return this.#ask(action, options).catch((fault) => (fault.code ? null : Promise.reject(fault)));
  }

  /** Without a token that holds, the open channels are there still. */
  #carryOn(wire, fault) {
    if (wire !== this.#wire) {
      throw fault;
    }
    this.#tell(this.#state, { reason: `not authenticated: ${fault.message}` });
  }

  async #authenticate() {
    const { token } = this.#options;
    if (!token) {
      return null;
    }
    const wire = this.#wire;
    const value = typeof token === 'function' ? await token() : token;
    if (wire !== this.#wire) {
      throw new ClientError(0, 'the connection closed');
    }
    const own = [...this.#channels.values()].filter(({ mode, isPending, since }) => mode !== undefined && isPending && since);
    const since = Object.fromEntries(own.map((channel) => [channel.name, channel.since]));
    return this.#ask('authenticate', { token: value, ...(own.length > 0 && { since }) }, ({ channels }) => {
      const names = new Set(channels.map(({ channel }) => channel));
      const gone = [...this.#channels.values()].filter(({ name, mode }) => name === 'anonymous' || (mode !== undefined && !names.has(name)));
      gone.forEach(({ name }) => this.#forget(name));
      channels.forEach((position) => this.#granted(position, since[position.channel]));
    });
  }

  /** The user is on this channel, whoever put him there. */
  #granted(position, since) {
    const channel = this.#channels.get(position.channel) ?? this.#add(position.channel);
    channel.mode = position.mode;
    if (channel.isPending) {
      this.#arrived(channel, position, since);
    }
  }

  async #rejoin(channel) {
    try {
      await this.#join(channel, channel.since);
    } catch (fault) {
      if (fault.code === 0 || fault.code === stateUnavailable) {
        throw fault;
      }
      this.#options.onGap?.({ channel: channel.name, reason: fault.message });
    }
  }

  async #join(channel, since) {
    try {
      const reply = await this.#ask('channelJoinAnon', { channel: channel.name, since }, (position) => {
        if (since?.streamId) {
          this.#streams.forget(since.streamId);
        }
        if (since || channel.isPending) {
          this.#arrived(channel, position, since);
        }
      });
      channel.welcome(reply);
      this.#options.onJoined?.({ ...reply, since });
      if (channel.wanted && this.#wire?.isOrdered) {
        // A second answer comes after the first frame of the replay; where there was none, there is none.
        this.#ask('channelJoinAnon', { channel: channel.name }).then(() => channel.settle(), () => {});
      }
      return reply;
    } catch (fault) {
      if (fault.code && fault.code !== stateUnavailable && channel.isPending) {
        this.#forget(channel.name, fault);
      }
      throw fault;
    }
  }

  /** In the same turn as the reply is read: its frames may follow in the same read. */
  #arrived(channel, position, since) {
    const early = channel.arrive(position, since);
    if (position.recovered === false) {
      this.#lost(channel.name, 'the server no longer has them');
    }
    early.forEach(({ frame, text }) => this.#frame(frame, text));
  }

  #frame(frame, text) {
    const channel = this.#channels.get(frame.channel);
    if (channel?.isPending && !this.#wire.isOrdered) {
      channel.early.push({ frame, text });
    }
    if (!channel || channel.isPending || !channel.take(frame)) {
      return;
    }
    this.#options.onFrame?.(frame, text);
    if (frame.message) {
      this.#options.onMessage?.(frame.message, { channel: frame.channel, from: frame.from });
      return;
    }
    const taken = this.#streams.take(frame);
    if (taken?.isHole) {
      this.#tellGap({ channel: frame.channel, streamId: frame.streamId, reason: 'part of the stream came over another channel' });
    }
    if (taken) {
      this.#delivery.hand({ ...taken.event, streamId: frame.streamId, channel: frame.channel }, frame.actionName);
    }
  }

  async #ask(action, options, onReply, timeout) {
    if (!this.#wire) {
      throw new ClientError(0, 'not connected');
    }
    return this.#commands.ask(this.#wire, this.#identity?.resumeToken, { action, options, onReply, timeout });
  }

  /** The server breaks every silence. Where it does not, it is asked, and a connection on which nothing comes back is dead. */
  #heard() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#probe(), silence);
  }

  #probe() {
    const wire = this.#wire;
    this.#ask('channelJoinAnon', { channel: `tab|${this.connectionId}` }, null, probeTimeout).then(
      () => this.#heard(),
      (fault) => wire && wire === this.#wire && !(fault.code >= 10_000) && wire.close(0, 'no sign of life'));
  }

  #settle() {
    this.#channels.forEach((channel) => channel.settle());
  }

  #add(name) {
    const channel = new Channel(name);
    this.#channels.set(name, channel);
    return channel;
  }

  #forget(name, fault = new ClientError(0, 'left')) {
    this.#channels.get(name)?.refuse(fault);
    this.#channels.delete(name);
    this.#streams.leave(name);
  }

  #loseIdentity() {
    const tab = `tab|${this.connectionId}`;
    this.#identity = null;
    this.#lost(tab, 'another page took this connection over');
    this.#forget(tab);
  }

  #lost(channel, reason) {
    this.#streams.leave(channel, true);
    this.#tellGap({ channel, reason });
  }

  #tellGap(gap) {
    this.#options.onGap?.(gap);
  }

  #tell(state, details = {}) {
    this.#state = state;
    this.#options.onStatus?.({ state, transport: this.#wire?.name ?? null, attempt: this.#pace.attempt, ...details });
  }
}

/** Connects at once. */
export const connect = (options) => new BfClient(options).connect();

export { ClientError };
