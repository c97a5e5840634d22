import * as api from './api.js';
import { AnswerView } from './answer-view.js';
import { curlOf, listenOf } from './curl.js';
import { EventList } from './event-list.js';
import { RequestForm } from './request-form.js';
import { Run } from './run.js';
import { ChannelSocket } from './socket.js';
import { ToolDesk } from './tools.js';
import { wirePage } from './page.js';

const joinPatience = 3000;
const narrow = matchMedia('(max-width: 640px)');
const byId = (id) => document.getElementById(id);

const form = new RequestForm();
const desk = new ToolDesk();
const view = new AnswerView(answerTool);
const events = new EventList();

let config = null;
let socket = null;
let run = null;
let request = null;
let early = [];
let painting = false;

function paint() {
  painting = false;
  if (run) {
    view.show(run, performance.now());
    showButtons(run.active);
    if (run.active) {
      schedulePaint();
    }
  }
}

/** Send and Stop share a place; the focus goes with it. */
function showButtons(active) {
  const [shown, hidden] = active ? [byId('stop'), byId('send')] : [byId('send'), byId('stop')];
  const hadFocus = document.activeElement === hidden;
  shown.hidden = false;
  hidden.hidden = true;
  if (hadFocus) {
    shown.focus();
  }
}

function schedulePaint() {
  if (!painting) {
    painting = true;
    requestAnimationFrame(paint);
  }
}

function announceEnd() {
  const words = { done: 'Answer complete.', stopped: 'Answer stopped.', failed: `Failed: ${run.error?.message ?? ''}` };
  byId('announce').textContent = words[run.state] ?? '';
}

function begin(options) {
  run = new Run({ startedAt: performance.now(), ...options });
  events.start(run.startedAt);
  byId('announce').textContent = '';
  if (narrow.matches) {
    byId('answer-card').scrollIntoView();
  }
  paint();
}

async function send() {
  if (run?.active || !config) {
    return;
  }
  const { path } = form;
  early = [];
  begin({ own: true, streaming: form.streaming, source: `${form.provider} · ${form.model}` });
  const mine = run;
  request = new AbortController();
  if (form.streaming) {
    await socket.use(form.channel);
    await socket.ready(joinPatience);
    mine.startedAt = performance.now();
    events.start(mine.startedAt);
  }
  events.addNote('http', `POST ${path}`, performance.now());
  try {
    const { status, json } = await api.create(path, form.envelope(), request.signal);
    accepted(mine, status, json);
  } catch (fault) {
    refused(mine, fault);
  }
  schedulePaint();
}

function accepted(mine, status, json) {
  const now = performance.now();
  events.addNote('http', `${status} ${JSON.stringify(json)}`, now, JSON.stringify(json, null, 2));
  mine.acceptedAt = now;
  if (!mine.streaming) {
    mine.complete(json.data ?? json, now);
    announceEnd();
  } else if (mine.streamId !== json.streamId) {
    adopt(mine, json.streamId);
  }
}

/** Frames may come before the POST's answer names the stream: of those that came, the stream's own are taken. */
function adopt(mine, streamId) {
  mine.rewind();
  mine.state = 'waiting';
  mine.streamId = streamId;
  for (const { frame, now } of early.filter((entry) => entry.frame.streamId === streamId)) {
    mine.accept(frame, now);
  }
}

function refused(mine, fault) {
  const now = performance.now();
  if (fault.name === 'AbortError') {
    events.addNote('http', 'cancelled by this page', now);
    mine.stop(now);
  } else {
    const error = fault instanceof api.Refusal ? fault : { title: 'No answer', message: `The server was not reached (${fault.message}).` };
    events.addNote('refused', `${error.code ?? ''} ${error.message}`, now, fault.body ? JSON.stringify(fault.body, null, 2) : '');
    mine.fail(error, now);
  }
  announceEnd();
}

function answerTool(id, answer) {
  desk.answer(id, answer);
  run.answer(id, answer);
  schedulePaint();
}

async function stop() {
  if (!run?.active) {
    return;
  }
  const { streamId } = run;
  if (!streamId) {
    request?.abort();
    return;
  }
  try {
    const reply = await socket.command('llmQueryStop', { streamId });
    events.addNote('socket', `llmQueryStop: ${reply.status ?? JSON.stringify(reply)}`, performance.now());
  } catch {
    await api.stop(streamId).catch((fault) => events.addNote('refused', fault.message, performance.now()));
  }
}

function takeFrame({ frame, text }) {
  const now = performance.now();
  events.addFrame(frame, text, now);
  showLedger();
  if (!frame.event) {
    return;
  }
  if (run?.own && run.active && run.streaming && !run.acceptedAt) {
    early.push({ frame, now });
    run.streamId ??= frame.streamId;
  } else if (!run?.active && frame.streamId !== run?.streamId) {
    begin({ own: false, streaming: true, source: 'from another page on this channel' });
    run.streamId = frame.streamId;
  }
  if (frame.streamId === run?.streamId && run.accept(frame, now)) {
    if (!run.active) {
      announceEnd();
    }
    schedulePaint();
  }
}

function onJoined({ channel, since, epoch, offset, recovered }) {
  const how = since ? `, since ${JSON.stringify(since)}, recovered: ${recovered}` : '';
  events.addNote('socket', `joined ${channel} at ${epoch}:${offset}${how}`, performance.now());
  showLedger();
  if (!run?.active || !run.streaming || !run.streamId) {
    return;
  }
  if (since?.streamId === run.streamId) {
    replayed(recovered);
  } else if (recovered !== true) {
    socket.replay(run.streamId).catch((fault) => events.addNote('socket', fault.message, performance.now()));
  }
}

function replayed(whole) {
  if (whole) {
    run.rewind();
  } else {
    run.fail({ title: 'Incomplete', message: 'The connection was lost, and the server no longer has this stream: it ended with the server, or too long ago.' }, performance.now());
    announceEnd();
  }
  schedulePaint();
}

function showLedger() {
  byId('ledger-channel').textContent = `channel ${form.channel}`;
  const { position } = socket;
  byId('ledger-position').textContent = position ? `epoch ${position.epoch}, offset ${position.offset ?? '–'}` : '';
}

function showState({ state, text }) {
  byId('connection').dataset.state = state;
  byId('connection-text').textContent = text;
}

/** The app does not open the channel that the page chose for itself. */
function moved(channel) {
  form.channel = channel;
  showSnippets();
}

function connect() {
  socket = new ChannelSocket(config.app, () => (run?.active && run.streaming ? run.streamId : null), (call) => desk.run(call));
  socket.addEventListener('state', ({ detail }) => showState(detail));
  socket.addEventListener('frame', ({ detail }) => takeFrame(detail));
  socket.addEventListener('gap', ({ detail }) => events.addGap(detail.text, performance.now()));
  socket.addEventListener('joined', ({ detail }) => onJoined(detail));
  socket.addEventListener('moved', ({ detail }) => moved(detail.channel));
  socket.addEventListener('note', ({ detail }) => events.addNote('socket', detail.text, performance.now()));
  socket.use(form.channel, true);
}

async function start() {
  byId('banner').hidden = true;
  try {
    config = await api.readConfig();
  } catch (fault) {
    byId('banner-text').textContent = `The playground could not read its configuration. ${fault.message}`;
    byId('banner').hidden = false;
    return;
  }
  form.use(config);
  form.channel = new URLSearchParams(location.search).get('channel') || `playground-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
  byId('send').disabled = false;
  connect();
  showSnippets();
}

function showSnippets() {
  byId('curl').textContent = curlOf(form, location.origin);
  byId('listen').textContent = listenOf(form.channel, config?.app, location.origin);
  byId('share').href = `?channel=${encodeURIComponent(form.channel)}`;
}

wirePage({
  send,
  stop,
  start,
  showSnippets,
  changeChannel: () => socket?.use(form.channel),
  retry: () => socket?.retryNow(),
  drop: () => socket?.drop(),
  answerText: () => view.text,
  clearEvents: () => events.clear(),
  eventLines: () => events.lines,
  prompt: (text, withTools) => {
    form.prompt = text;
    if (withTools) {
      form.chooseTools();
    }
    showSnippets();
    send();
  },
});
start();
