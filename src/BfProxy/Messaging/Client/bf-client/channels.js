import { Channel } from './channel.js';
import { ClientError } from './wires.js';

/** The channels that the page is on, or wants to be on, by name. */
export class Channels extends Map {
  /**
   * Frames of channels that a reply on its way may put the user on. Null where none is on its way, or where replies and frames
   * come in one order.
   */
  #strays = null;

  of(name) {
    const channel = this.get(name) ?? new Channel(name);
    this.set(name, channel);
    return channel;
  }

  /** Those to join on this connection. */
  get pending() {
    return [...this.values()].filter(({ isPending }) => isPending);
  }

  /** Where the page stands on its user's channels, for the way back. */
  get sinces() {
    return Object.fromEntries(this.pending.filter(({ mode, since }) => mode !== undefined && since).map(({ name, since }) => [name, since]));
  }

  /** Of those that the page is on as this user, and `anonymous`, those that are not his any more. */
  without(channels) {
    const names = new Set(channels.map(({ channel }) => channel));
    return [...this.values()].filter(({ name, mode }) => name === 'anonymous' || (mode !== undefined && !names.has(name)));
  }

  forget(name, fault = new ClientError(0, 'left')) {
    this.get(name)?.refuse(fault);
    this.delete(name);
  }

  /** The connection is gone. */
  cut() {
    this.#strays = null;
    this.forEach((channel) => channel.cut());
  }

  refuse(fault) {
    this.forEach((channel) => channel.refuse(fault));
  }

  settle() {
    this.forEach((channel) => channel.settle());
  }

  /** Until `claim`, frames of unknown channels are kept. */
  awaitStrays() {
    this.#strays ??= [];
  }

  /** Keeps a frame that comes before the reply that it belongs to. */
  keep(frame, text) {
    const early = this.has(frame.channel) ? this.get(frame.channel).early : this.#strays;
    early?.push({ frame, text });
  }

  claim() {
    const strays = this.#strays ?? [];
    this.#strays = null;
    return strays;
  }
}
