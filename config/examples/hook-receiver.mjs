// A sample receiver of BfProxy's hooks: checks each call step by step as docs/hooks.md says, and answers it.
//   HOOK_SECRET=… node config/examples/hook-receiver.mjs [port]
// 401: not signed by BfProxy, or too long ago. 409: seen before.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const secret = process.env.HOOK_SECRET;
const tolerance = 5 * 60;
const seen = new Map(); // signature -> when it may be forgotten, in seconds

if (!secret) {
  console.error('HOOK_SECRET is not set');
  process.exit(1);
}

function check(header = '', body) {
  // 1. The two parts of the header.
  const [, t, v1] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (!t) return 401;

  // 2. Signed within the last five minutes.
  const now = Math.floor(Date.now() / 1000);
  if (Math.abs(now - t) > tolerance) return 401;

  // 3. By somebody who knows the secret; compared in constant time.
  const expected = createHmac('sha256', secret).update(`${t}.${body}`).digest();
  if (!timingSafeEqual(expected, Buffer.from(v1, 'hex'))) return 401;

  // 4. For the first time. What is too old to pass step 2 need not be remembered.
  for (const [signature, until] of seen) if (until < now) seen.delete(signature);
  if (seen.has(v1)) return 409;
  seen.set(v1, now + 2 * tolerance);
  return 200;
}

function answer(call) {
  if (call.toolCallId) {
    return { success: true, message: `${call.name} was run`, data: call.arguments };
  }

  console.log(`${call.user?.id ?? 'a visitor'} said something on ${call.channel}`);
  return {};
}

const server = createServer(async (request, response) => {
  const body = await text(request);
  const status = check(request.headers['x-bfproxy-signature'], body);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(status === 200 ? answer(JSON.parse(body)) : { success: false, message: 'refused' }));
});
server.listen(Number(process.argv[2] ?? 8090), '127.0.0.1', () => console.log(`Listening on http://127.0.0.1:${server.address().port}/`));
