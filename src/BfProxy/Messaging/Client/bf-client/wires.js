/** A command that was refused (its code is the server's) or cut off (code 0), or a connection that was refused (its code is the HTTP status). */
export class ClientError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'ClientError';
    this.code = code;
  }
}

/** Close codes and statuses after which coming back would only repeat what was wrong. */
const isFinal = (code) => [1003, 1007, 1008, 1009].includes(code) || (code >= 400 && code < 500 && code !== 408 && code !== 429);

/** A WebSocket. Its replies stand among its frames, in order. */
export class SocketWire {
  name = 'socket';
  isOrdered = true;
  #socket;
  #on;

  constructor(base, app, on) {
    const url = addressOf(base, '/message/connect', app);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#on = on;
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => on.message(JSON.parse(data), data);
    this.#socket.onclose = ({ code, reason }) => this.close(code, reason);
  }

  async send(command) {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      throw new ClientError(0, 'not connected');
    }
    this.#socket.send(JSON.stringify(command));
  }

  pong(ping) {
    this.#socket.send(JSON.stringify({ pong: ping }));
  }

  /** Ends it at once: a dead network would hold up the socket's own word of its end. */
  close(code = 0, reason = '') {
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#on.closed({ code, reason, isFinal: isFinal(code) });
  }
}

/** An event stream, and commands by POST, whose answers have no order among the frames. */
export class EventsWire {
  name = 'events';
  isOrdered = false;
  #base;
  #app;
  #on;
  #end = new AbortController();

  constructor(base, app, on) {
    this.#base = base;
    this.#app = app;
    this.#on = on;
    this.#read();
  }

  async send(command, resumeToken) {
    const response = await fetch(addressOf(this.#base, '/message/command', this.#app), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...command, resumeToken }),
      signal: this.#end.signal,
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new ClientError(response.status, answer.message ?? response.statusText);
    }
    return answer;
  }

  /** Nothing answers the comments of an event stream. */
  pong() {}

  close(code = 0, reason = '', mayReturn = !isFinal(code), retryAfter = 0) {
    if (!this.#end.signal.aborted) {
      this.#end.abort();
      this.#on.closed({ code, reason, isFinal: !mayReturn, retryAfter });
    }
  }

  async #read() {
    try {
      const response = await fetch(addressOf(this.#base, '/message/events', this.#app), {
        headers: { accept: 'text/event-stream' },
        cache: 'no-store',
        signal: this.#end.signal,
      });
      if (!response.ok || !response.body) {
        this.close(response.status, response.statusText, undefined, Number(response.headers.get('retry-after')) * 1000 || 0);
        return;
      }
      await this.#readEvents(response.body.pipeThrough(new TextDecoderStream()).getReader());
      this.close();
    } catch (fault) {
      this.close(0, fault.message);
    }
  }

  /** Lines of any event are LF's only; a proxy that changed that would change more. */
  async #readEvents(reader) {
    let rest = '';
    for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
      this.#on.heard();
      const events = (rest + value).split('\n\n');
      rest = events.pop();
      events.forEach((event) => this.#take(event));
    }
  }

  #take(event) {
    const fields = event.split('\n');
    const data = fields.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('\n');
    if (data === '') {
      this.#on.quiet();
    } else if (fields.includes('event: close')) {
      const { code, reason, reconnect } = JSON.parse(data);
      this.close(code, reason, reconnect);
    } else {
      this.#on.message(JSON.parse(data), data);
    }
  }
}

function addressOf(base, path, app) {
  const url = new URL(path, base);
  if (app) {
    url.searchParams.set('app', app);
  }
  return url;
}
