/** A command that was refused (its code is the server's) or cut off (code 0). */
export class ClientError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'ClientError';
    this.code = code;
  }
}

/** A WebSocket. */
export class SocketWire {
  name = 'socket';
  resumeToken = null;
  #socket;

  constructor(socket) {
    this.#socket = socket;
  }

  static async open(base, { app }, _channels, on) {
    const url = new URL('/message/connect', base);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    if (app) {
      url.searchParams.set('app', app);
    }
    const socket = new WebSocket(url);
    on.opening(new SocketWire(socket));
    socket.onmessage = ({ data }) => on.message(JSON.parse(data), data);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new ClientError(0, 'the socket could not be opened'));
    });
    socket.onclose = ({ code }) => on.closed(code);
  }

  async send(command) {
    this.#socket.send(JSON.stringify(command));
  }

  pong(ping) {
    this.#socket.send(JSON.stringify({ pong: ping }));
  }

  drop() {
    this.#socket.close();
  }

  close() {
    this.#socket.onclose = null;
    this.#socket.close();
  }
}

/** Server-sent events, and commands by POST. */
export class EventsWire {
  name = 'events';
  resumeToken = null;
  #source;
  #base;
  #on;

  static async open(base, options, channels, on) {
    const url = new URL('/message/events', base);
    for (const channel of channels.filter((name) => !name.startsWith('tab|') && name !== 'anonymous')) {
      url.searchParams.append('channel', channel);
    }
    for (const [name, value] of Object.entries({ app: options.app, lastEventId: on.cursor.value, ticket: await ticketOf(base, options) })) {
      if (value) {
        url.searchParams.set(name, value);
      }
    }
    const wire = new EventsWire();
    wire.#base = base;
    wire.#on = on;
    wire.#source = new EventSource(url);
    on.opening(wire);
    wire.#source.onmessage = ({ data, lastEventId }) => {
      on.cursor.value = lastEventId;
      on.message(JSON.parse(data), data);
    };
    await new Promise((resolve, reject) => {
      wire.#source.onopen = resolve;
      wire.#source.onerror = () => {
        wire.#source.close();
        reject(new ClientError(0, 'the event stream could not be opened'));
      };
    });
    wire.#source.onerror = () => wire.#end(0, true);
    wire.#source.addEventListener('close', ({ data }) => {
      const { code, reconnect } = JSON.parse(data);
      wire.#end(code, reconnect);
    });
  }

  async send(command) {
    const response = await fetch(new URL('/message/command', this.#base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resumeToken: this.resumeToken, ...command }),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new ClientError(response.status, answer.message ?? response.statusText);
    }
    return answer;
  }

  pong() {
    // Nothing answers the comments of an event stream.
  }

  drop() {
    this.#end(0, true);
  }

  close() {
    this.#source.close();
  }

  #end(code, mayReturn) {
    this.#source.close();
    this.#on.closed(code, mayReturn);
  }
}

/** A token never stands in an address: it is exchanged for a ticket that is good once. */
async function ticketOf(base, { app, token }) {
  if (!token) {
    return null;
  }
  const response = await fetch(new URL('/message/ticket', base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ app, token: typeof token === 'function' ? await token() : token }),
  });
  if (!response.ok) {
    throw new ClientError(response.status, 'no ticket');
  }
  return (await response.json()).ticket;
}
