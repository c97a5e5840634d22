/** A refusal as the page shows it. */
export class Refusal extends Error {
  constructor(status, body, retryAfter) {
    super(body?.error?.message ?? body?.message ?? `The server answered ${status}.`);
    this.code = body?.code ?? status;
    this.title = body?.name ?? 'Error';
    this.details = body?.error?.details ?? null;
    this.info = body?.error?.info ?? null;
    this.retryAfter = retryAfter;
    this.body = body;
  }
}

async function post(path, body, signal) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  const text = await response.text();
  const json = parse(text);
  if (!response.ok || json === null) {
    throw new Refusal(response.status, json ?? { name: 'Error', message: text.slice(0, 500) || response.statusText }, response.headers.get('retry-after'));
  }
  return { status: response.status, json };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const create = (path, envelope, signal) => post(path, envelope, signal);

export const stop = (streamId) => post('/llm/query/stop', { streamId });

export async function readConfig() {
  const response = await fetch('playground/config.json', { cache: 'no-store' });
  if (!response.ok) {
    throw new Error(`The server answered ${response.status}.`);
  }
  return response.json();
}
