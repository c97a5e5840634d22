/**
 * Runs BetterForms' named actions: at most one event per animation frame, deltas that wait side by side joined, never two at
 * once, because BetterForms runs a second named action before the first has finished. Where BF is not there yet, events wait.
 */
export class ActionQueue {
  static #most = 1000;
  static #frame = 50;
  #waiting = [];
  #runs = false;

  add(name, event) {
    const last = this.#waiting.at(-1);
    if (event.type === 'delta' && last?.event.type === 'delta' && last.name === name && last.event.streamId === event.streamId) {
      last.event = { ...last.event, content: last.event.content + event.content };
    } else if (this.#waiting.length < ActionQueue.#most) {
      this.#waiting.push({ name, event });
    }
    this.#run();
  }

  /** A tool's action, under its name for pages or the model's name of it. Waits for its turn like any other. */
  tool(event) {
    const done = Promise.withResolvers();
    this.#waiting.push({ name: event.toolName, other: `ui_${event.toolName}`, event, done });
    this.#run();
    return done.promise;
  }

  async #run() {
    if (this.#runs) {
      return;
    }
    this.#runs = true;
    while (this.#waiting.length > 0) {
      await nextFrame(ActionQueue.#frame);
      if (!globalThis.BF?.namedAction) {
        continue;
      }
      const { name, other, event, done } = this.#waiting.shift();
      try {
        await callAction(name, other, event);
        done?.resolve();
      } catch (fault) {
        done?.reject(fault);
        if (!done) {
          console.error(`The named action ${name} failed`, fault);
        }
      }
    }
    this.#runs = false;
  }
}

async function callAction(name, other, event) {
  try {
    return await globalThis.BF.namedAction(name, event);
  } catch (fault) {
    if (!other) {
      throw fault;
    }
    return globalThis.BF.namedAction(other, event);
  }
}

/** A hidden page has no animation frames: there a timer does. */
function nextFrame(patience) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patience);
    globalThis.requestAnimationFrame?.(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
