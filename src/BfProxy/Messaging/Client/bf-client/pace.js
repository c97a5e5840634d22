const firstCeiling = 1_000;
const longestCeiling = 30_000;
const shortestDelay = 100;
/** A connection that held this long was a good one. */
const steady = 10_000;
const socketTries = 2;
/** Where sockets have worked before, it is rather the server that is away. */
const triesWhereSocketsWork = 4;

/** When to come back, and over what. */
export class Pace {
  attempt = 0;
  #failedSockets = 0;
  #socketsWork = false;
  #useEvents = false;
  #greetedAt = null;

  /** Whether the next connection is to be an event stream. `transport` is what the page wants. */
  begin(transport = 'auto') {
    this.#greetedAt = null;
    this.#useEvents = transport === 'events' || (transport === 'auto' && this.#failedSockets >= this.#tries);
    return this.#useEvents;
  }

  greeted(transport) {
    this.#greetedAt = performance.now();
    this.#socketsWork ||= transport === 'socket';
  }

  /** Milliseconds to wait: anything up to a ceiling that doubles, so that those who were cut off together do not come back together. */
  ended() {
    const wasGreeted = this.#greetedAt !== null;
    if (wasGreeted && (!this.#useEvents || this.#socketsWork)) {
      this.#failedSockets = 0;
    } else if (!wasGreeted) {
      this.#failedSockets = this.#useEvents ? this.#tries - 1 : this.#failedSockets + 1;
    }
    if (wasGreeted && performance.now() - this.#greetedAt >= steady) {
      this.attempt = 0;
    }
    const ceiling = Math.min(longestCeiling, firstCeiling * 2 ** this.attempt++);
    return shortestDelay + Math.random() * ceiling;
  }

  get #tries() {
    return this.#socketsWork ? triesWhereSocketsWork : socketTries;
  }
}
