const greetingTimeout = 10_000;
const silence = 45_000;

/**
 * Watches over a connection. One that does not greet is dead. The server breaks every silence; where it does not, it is asked for a
 * sign of life. A network that is back, and a page that is looked at again, wait for no timer: those of hidden pages are late.
 */
export class Watch {
  #timer = 0;
  #ask;
  #wake;

  /** `ask` asks for a sign of life, `wake` is for when coming back is worth a try. */
  constructor(ask, wake) {
    this.#ask = ask;
    this.#wake = () => (globalThis.document?.hidden ? undefined : wake());
  }

  begin() {
    globalThis.addEventListener?.('online', this.#wake);
    globalThis.document?.addEventListener('visibilitychange', this.#wake);
  }

  end() {
    globalThis.removeEventListener?.('online', this.#wake);
    globalThis.document?.removeEventListener('visibilitychange', this.#wake);
  }

  /** A connection was begun, which has to greet. */
  opened(onSilence) {
    this.#wait(onSilence, greetingTimeout);
  }

  heard() {
    this.#wait(this.#ask, silence);
  }

  /** The connection is gone. */
  closed() {
    clearTimeout(this.#timer);
  }

  #wait(act, time) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, time);
  }
}
