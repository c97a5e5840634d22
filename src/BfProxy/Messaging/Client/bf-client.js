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
import { Channels } from './bf-client/channels.js';
import { Commands, isRefusal } from './bf-client/commands.js';
import { Intake } from './bf-client/intake.js';
import { Pace } from './bf-client/pace.js';
import { Watch } from './bf-client/watch.js';
import { ClientError, EventsWire, SocketWire } from './bf-client/wires.js';

const probeTimeout = 8_000;

const resumedElsewhere = 4010;
const otherUser = 10113;
const nullWhereRefused = (fault) => (isRefusal(fault) ? null : Promise.reject(fault));

export class BfClient {
  #options;
  #url;
  #state = 'closed';
  #wire = null;
  /** Counts connections: what an earlier one still says is not heard. */
  #turn = 0;
  #isReady = false;
  /** What the page is, over all its connections. */
  #identity = null;
  /** Of the connection that is open: what its commands by POST need. */
  #resumeToken = null;
  /** Who waits to be authenticated until there is a connection. */
  #entering = null;
  #commands = new Commands();
  #channels = new Channels();
  #intake;
  #pace = new Pace();
  #timer = 0;
  #watch = new Watch(() => this.#probe(), () => this.retryNow());

  constructor(options = {}) {
    this.#options = options;
    this.#url = new URL(options.url ?? import.meta.url);
    this.#intake = new Intake(options, this.#channels, (id, answer) => this.answerTool(id, answer));
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
      this.#watch.begin();
      this.#open();
    }
    return this;
  }

  /** Ends the connection for good; `connect` begins anew. */
  close() {
    if (this.#state !== 'closed') {
      this.#end({ code: 1000, reason: 'closed', isFinal: true });
      this.#dropIdentity();
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
    const channel = this.#channels.of(name);
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

  /**
   * Proves who the user is, now and whenever the connection comes back. `token` is a JWT or a function that gets a fresh one.
   * Resolves with the server's reply, also where it has to wait for the connection. A connection belongs to its first user:
   * for another one, and for none (`authenticate(null)`), it begins anew. Open channels that were joined stay.
   */
  async authenticate(token) {
    this.#options = { ...this.#options, token };
    if (this.#isReady && token) {
      const reply = await this.#authenticate().catch((fault) => (fault.code === otherUser ? null : Promise.reject(fault)));
      if (reply) {
        return reply;
      }
    }
    const { promise } = (this.#entering ??= Promise.withResolvers());
    if (this.#isReady || !token) {
      this.#beginAnew();
    }
    return promise;
  }

  send({ channels, actions = [], model = {}, app = {} }) {
    const isOwn = channels.some((name) => this.#channels.get(name)?.mode !== undefined);
    return this.command(isOwn ? 'messageSend' : 'messageSendAnonChannel', { channels, actions, model, app });
  }

  /** Ends a stream, or a run on a thread: `stop({ threadId, runId })`. */
  stop(what) {
    return typeof what === 'object' ? this.command('assistantStop', what) : this.command('llmQueryStop', { streamId: what });
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
    this.#channels.cut();
    this.#tell('connecting');
    this.#watch.opened(mine(() => this.#wire?.close(0, 'no greeting')));
    const end = mine((how) => this.#end(how));
    try {
      this.#wire = new (useEvents ? EventsWire : SocketWire)(this.#url, this.#options.app, {
        message: mine((message, text) => this.#take(message, text)),
        heard: mine(() => this.#watch.heard()),
        quiet: mine(() => this.#channels.settle()),
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
    this.#resumeToken = null;
    clearTimeout(this.#timer);
    this.#watch.closed();
    wire?.close();
    this.#commands.cut(reason);
    if (code === resumedElsewhere) {
      this.#intake.lost(`tab|${this.connectionId}`, 'another page took this connection over');
      this.#dropIdentity();
    }
    const delay = Math.max(retryAfter, this.#pace.ended());
    if (isFinal) {
      const fault = new ClientError(code, reason || 'closed');
      this.#watch.end();
      this.#channels.refuse(fault);
      this.#entering?.reject(fault);
      this.#entering = null;
      this.#tell('closed', { code, reason });
    } else {
      this.#timer = setTimeout(() => this.#open(), delay);
      this.#tell('waiting', { code, reason, delay });
    }
  }

  #take(message, text) {
    this.#watch.heard();
    if ('ping' in message) {
      this.#wire.pong(message.ping);
      this.#channels.settle();
    } else if ('event' in message || 'message' in message) {
      this.#intake.take(message, text, this.#wire.isOrdered);
    } else if ('id' in message) {
      this.#commands.answered(message);
    } else if ('connectionId' in message) {
      this.#greeted(message);
    } else if ('joined' in message) {
      this.#granted(message.joined);
    } else if ('left' in message) {
      this.#forget(message.left.channel);
    } else if ('error' in message) {
      // Nobody asked: the server could not do what it had to.
      this.#tell(this.#state, { code: message.error.code, reason: message.error.message });
    } else if (this.#channels.has(message.channel)) {
      this.#channels.get(message.channel).move(message);
      this.#intake.lost(message.channel, 'the server began a new history');
    }
  }

  async #greeted(greeting) {
    const wire = this.#wire;
    this.#pace.greeted(wire.name);
    const old = this.#identity;
    this.#resumeToken = greeting.resumeToken;
    try {
      // Cut off here, the page is still who it was.
      const resumed = old && await this.#ask('resume', { resumeToken: old.resumeToken }).catch(nullWhereRefused);
      this.#identity = resumed || greeting;
      this.#resumeToken = this.#identity.resumeToken;
      if (old && !resumed) {
        this.#intake.lost(`tab|${old.connectionId}`, 'the connection could not be resumed');
        this.#forget(`tab|${old.connectionId}`);
      }
      for (const position of greeting.channels.filter(({ channel }) => !this.#channels.has(channel) && !(resumed && channel === `tab|${greeting.connectionId}`))) {
        this.#arrived(this.#channels.of(position.channel), position);
      }
      await this.#enter(wire);
      this.#isReady = true;
      this.#tell('open');
      await Promise.all(this.#channels.pending.map((channel) => this.#rejoin(channel)));
    } catch (fault) {
      // Cut off, and already dealt with; or a server that does not answer.
      if (wire === this.#wire) {
        wire.close(0, fault.message);
      }
    }
  }

  /** Again where another token was brought meanwhile. Without one that holds, the open channels are there still. */
  async #enter(wire) {
    const { token } = this.#options;
    let settle;
    try {
      const reply = await this.#authenticate();
      settle = (waiting) => waiting.resolve(reply);
    } catch (fault) {
      if (fault.code === otherUser) {
        this.#beginAnew();
      }
      if (wire !== this.#wire || (fault instanceof ClientError && !isRefusal(fault))) {
        throw fault;
      }
      settle = (waiting) => waiting.reject(fault);
      this.#tell(this.#state, { reason: `not authenticated: ${fault.message}` });
    }
    if (token !== this.#options.token) {
      await this.#enter(wire);
    } else if (this.#entering) {
      settle(this.#entering);
      this.#entering = null;
    }
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
    const since = this.#channels.sinces;
    if (!wire.isOrdered) {
      this.#channels.awaitStrays();
    }
    return this.#ask('authenticate', { token: value, ...(Object.keys(since).length > 0 && { since }) }, ({ channels }) => {
      this.#channels.without(channels).forEach(({ name }) => this.#forget(name));
      channels.forEach((position) => this.#granted(position, since[position.channel]));
      this.#replay(this.#channels.claim());
    });
  }

  /** The user is on this channel, whoever put him there. */
  #granted(position, since) {
    const channel = this.#channels.of(position.channel);
    channel.mode = position.mode;
    if (channel.isPending) {
      this.#arrived(channel, position, since);
    }
  }

  async #rejoin(channel) {
    try {
      await this.#join(channel, channel.since);
    } catch (fault) {
      if (!isRefusal(fault)) {
        throw fault;
      }
      if (channel.position) {
        this.#options.onGap?.({ channel: channel.name, reason: fault.message });
      }
    }
  }

  async #join(channel, since) {
    try {
      const reply = await this.#ask('channelJoinAnon', { channel: channel.name, since }, (position) => {
        if (since?.streamId) {
          this.#intake.takeAgain(since.streamId);
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
      if (isRefusal(fault) && channel.isPending) {
        this.#forget(channel.name, fault);
      }
      throw fault;
    }
  }

  /** In the same turn as the reply is read: its frames may follow in the same read. */
  #arrived(channel, position, since) {
    const early = channel.arrive(position, since);
    if (position.recovered === false) {
      this.#intake.lost(channel.name, 'the server no longer has them');
    }
    this.#replay(early);
  }

  #replay(frames) {
    frames.forEach(({ frame, text }) => this.#intake.take(frame, text, this.#wire.isOrdered));
  }

  async #ask(action, options, onReply, timeout) {
    if (!this.#wire) {
      throw new ClientError(0, 'not connected');
    }
    return this.#commands.ask(this.#wire, this.#resumeToken, { action, options, onReply, timeout });
  }

  /** A connection on which no answer comes back is dead; a refusal is an answer. */
  async #probe() {
    const wire = this.#wire;
    const answer = await this.#ask('channelJoinAnon', { channel: `tab|${this.connectionId}` }, null, probeTimeout).catch((fault) => fault);
    const isDead = answer instanceof ClientError && !(answer.code >= 10_000);
    if (wire && wire === this.#wire) {
      isDead ? wire.close(0, 'no sign of life') : this.#watch.heard();
    }
  }

  #forget(name, fault) {
    this.#channels.forget(name, fault);
    this.#intake.leave(name);
  }

  /** Another connection, of nobody yet, on the open channels. */
  #beginAnew() {
    this.#channels.without([]).forEach(({ name }) => this.#forget(name));
    this.#dropIdentity();
    this.drop();
    this.retryNow();
  }

  #dropIdentity() {
    this.#forget(`tab|${this.connectionId}`);
    this.#identity = null;
  }

  #tell(state, details = {}) {
    this.#state = state;
    this.#options.onStatus?.({ state, transport: this.#wire?.name ?? null, attempt: this.#pace.attempt, ...details });
  }
}

/** Connects at once. */
export const connect = (options) => new BfClient(options).connect();

export { ClientError };
