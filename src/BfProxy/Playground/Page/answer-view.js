import { CallView } from './call-view.js';
import { Prose } from './prose.js';

const byId = (id) => document.getElementById(id);
const labels = { idle: 'Idle', waiting: 'Waiting', streaming: 'Streaming', done: 'Finished', stopped: 'Stopped', failed: 'Failed' };
const bars = 120;

/** Shows a run: its text, state, figures and fault. */
export class AnswerView {
  #answer;
  #views = [];
  #shown = null;

  /** `answer(id, {success, message})` answers a call that asks the visitor. */
  constructor(answer) {
    this.#answer = answer;
  }

  get text() {
    return this.#shown?.run.text ?? '';
  }

  show(run, now) {
    byId('empty').hidden = true;
    byId('source').textContent = run.source;
    this.#showState(run);
    this.#showText(run);
    this.#showStats(run, now);
    this.#showRhythm(run, now);
    this.#showError(run.error);
  }

  #showState(run) {
    const badge = byId('state');
    badge.dataset.state = run.state;
    const reason = run.finishReason && run.state === 'done' ? ` · ${run.finishReason}` : '';
    badge.textContent = (run.state === 'waiting' && !run.streaming ? 'Working' : labels[run.state]) + reason;
    badge.dataset.finishReason = run.finishReason ?? '';
    const answer = byId('answer');
    answer.classList.toggle('streaming', run.active);
    answer.setAttribute('aria-busy', String(run.active));
  }

  #showText(run) {
    if (this.#shown?.run === run && this.#shown.version === run.version) {
      return;
    }
    const scroll = byId('answer-scroll');
    const follows = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 48;
    if (this.#shown?.run !== run || run.parts.length < this.#views.length) {
      this.#views = [];
      byId('text').replaceChildren();
    }
    this.#shown = { run, version: run.version };
    for (const [index, part] of run.parts.entries()) {
      this.#views[index] ??= this.#add(part);
      this.#views[index].show(part.call ?? part.text);
    }
    byId('copy-answer').hidden = this.text === '';
    if (follows) {
      scroll.scrollTop = scroll.scrollHeight;
    }
  }

  #add({ call }) {
    const view = call ? new CallView(call, this.#answer) : new Prose();
    byId('text').append(view.element);
    return view;
  }

  #showStats(run, now) {
    const end = run.endedAt ?? now;
    stat('accepted', milliseconds(run.acceptedAt, run.startedAt));
    stat('first', milliseconds(run.firstAt, run.startedAt));
    stat('speed', run.speed === null ? null : run.speed.toFixed(run.speed < 10 ? 1 : 0));
    stat('deltas', run.deltas === 0 ? null : String(run.deltas));
    stat('duration', `${((end - run.startedAt) / 1000).toFixed(2)} s`);
    stat('usage', run.usage ? `${run.usage.prompt_tokens} → ${run.usage.completion_tokens}` : null);
  }

  /** One bar a slice of time, as high as the deltas that came in it. */
  #showRhythm(run, now) {
    const span = Math.max((run.endedAt ?? now) - run.startedAt, 2000);
    const counts = new Array(bars).fill(0);
    for (const [at, count] of run.arrivals) {
      counts[Math.min(bars - 1, Math.floor((at - run.startedAt) / span * bars))] += count;
    }
    const highest = Math.max(4, ...counts);
    const path = counts.map((count, i) => (count ? `M${i * 5} 24h4v${(-22 * count / highest).toFixed(1)}h-4z` : ''));
    byId('rhythm').firstElementChild.setAttribute('d', path.join(''));
  }

  #showError(error) {
    const box = byId('error');
    box.hidden = !error;
    if (!error || box.shown === error) {
      return;
    }
    box.shown = error;
    const title = document.createElement('strong');
    title.textContent = [error.code, error.title].filter(Boolean).join(' ');
    const parts = [paragraph(title, error.message)];
    if (error.details && error.details !== error.message) {
      parts.push(paragraph(error.details));
    }
    box.replaceChildren(...parts, facts(error));
  }
}

function facts(error) {
  const list = document.createElement('dl');
  const rows = {
    Provider: error.info?.provider,
    'Provider status': error.info?.status,
    Type: error.info?.type,
    Code: error.info?.error?.code ?? error.info?.error,
    'Try again in': error.retryAfter && (/^\d+$/.test(error.retryAfter) ? `${error.retryAfter} s` : error.retryAfter),
  };
  for (const [name, value] of Object.entries(rows)) {
    if (typeof value === 'string' || typeof value === 'number') {
      const term = document.createElement('dt');
      const description = document.createElement('dd');
      term.textContent = name;
      description.textContent = String(value);
      list.append(term, description);
    }
  }
  return list.childElementCount ? list : '';
}

function paragraph(...parts) {
  const element = document.createElement('p');
  element.append(...parts.flatMap((part, i) => (i ? [' ', part] : [part])));
  return element;
}

function stat(name, value) {
  const element = byId(`stat-${name}`);
  element.textContent = value ?? '–';
  element.classList.toggle('none', value === null);
}

function milliseconds(at, from) {
  return at === null ? null : at - from < 1000 ? `${Math.round(at - from)} ms` : `${((at - from) / 1000).toFixed(2)} s`;
}
