const mostEvents = 1000;
const mostChars = 1_000_000;
const longestDelta = 65_536;
const lookAgain = 250;
const longestFrame = 500;

/**
 * Runs BetterForms' named actions: at most one event per animation frame, deltas that wait side by side joined, never two at
 * once, because BetterForms runs a second named action before the first has finished. Where BF is not there yet, events wait.
 */
export class ActionQueue {
  #waiting = [];
  #chars = 0;
  #runs = false;
  #onDropped;

  /** `onDropped` hears of each event for which there was no room; the oldest go first. */
  constructor(onDropped) {
    this.#onDropped = onDropped;
  }

  add(name, event) {
    const chars = event.type === 'delta' ? event.content.length : 0;
    const last = this.#waiting.at(-1);
    if (chars > 0 && continues(last, name, event)) {
      last.event = { ...last.event, content: last.event.content + event.content };
    } else {
      this.#waiting.push({ name, event });
    }
    this.#chars += chars;
    while (this.#waiting.length > mostEvents || (this.#chars > mostChars && this.#waiting.length > 1)) {
      this.#drop(this.#take());
    }
    this.#run();
  }

  /** A tool's action, by its name for pages, else by the model's name of it. Waits for its turn like any other. */
  tool(event) {
    const done = Promise.withResolvers();
    this.#waiting.push({ name: event.toolName, other: `ui_${event.toolName}`, event, done });
    this.#run();
    return done.promise;
  }

  #take() {
    const entry = this.#waiting.shift();
    this.#chars -= entry.event.type === 'delta' ? entry.event.content.length : 0;
    return entry;
  }

  #drop({ event, done }) {
    if (done) {
      done.reject(new Error('too many events wait'));
    } else {
      this.#onDropped(event);
    }
  }

  async #run() {
    if (this.#runs) {
      return;
    }
    this.#runs = true;
    while (this.#waiting.length > 0) {
      if (globalThis.BF?.namedAction) {
        await nextFrame();
        await call(this.#take());
      } else {
        await new Promise((resolve) => setTimeout(resolve, lookAgain));
      }
    }
    this.#runs = false;
  }
}

function continues(last, name, { streamId, channel }) {
  return last?.name === name && last.event.type === 'delta' && last.event.streamId === streamId
    && last.event.channel === channel && last.event.content.length < longestDelta;
}

async function call({ name, other, event, done }) {
  try {
    await callEither(name, other, event);
    done?.resolve();
  } catch (fault) {
    if (done) {
      done.reject(fault);
    } else {
      console.error(`The named action ${name} failed`, fault);
    }
  }
}

async function callEither(name, other, event) {
  try {
    await globalThis.BF.namedAction(name, event);
  } catch (fault) {
    if (!other) {
      throw fault;
    }
    await globalThis.BF.namedAction(other, event);
  }
}

/** A hidden page has no animation frames: there a timer does, also where the page is hidden meanwhile. */
function nextFrame() {
  return new Promise((resolve) => {
    const isShown = globalThis.requestAnimationFrame && !globalThis.document?.hidden;
    const timer = setTimeout(resolve, isShown ? longestFrame : 0);
    if (isShown) {
      requestAnimationFrame(() => {
        clearTimeout(timer);
        resolve();
      });
    }
  });
}
