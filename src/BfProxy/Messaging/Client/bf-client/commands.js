import { ClientError } from './wires.js';

const patience = 15_000;
/** The server's state is away for a while: what it refuses now, it may grant later. */
const stateUnavailable = 10120;

/** Whether the server said no; not the network, nor a server that cannot say yet. */
export const isRefusal = ({ code }) => code >= 10_000 && code !== stateUnavailable;

/** Commands that wait for their replies. */
export class Commands {
  #ids = 0;
  #waiting = new Map();

  /** `onReply` is called in the turn in which the reply is read: what follows it may already be here. */
  ask(wire, resumeToken, { action, options, onReply, timeout = patience }) {
    const id = ++this.#ids;
    const reply = { ...Promise.withResolvers(), onReply };
    const timer = setTimeout(() => reply.reject(new ClientError(0, 'no reply')), timeout);
    this.#waiting.set(id, reply);
    wire.send({ id, action, options }, resumeToken).then((answer) => answer && this.answered(answer), (fault) => reply.reject(fault));
    return reply.promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(id);
    });
  }

  answered(message) {
    const reply = this.#waiting.get(message.id);
    if (message.error) {
      reply?.reject(new ClientError(message.error.code, message.error.message));
    } else {
      reply?.onReply?.(message);
      reply?.resolve(message);
    }
  }

  /** The connection is gone, and with it the replies. */
  cut(reason) {
    this.#waiting.forEach((reply) => reply.reject(new ClientError(0, reason || 'the connection closed')));
    this.#waiting.clear();
  }
}
