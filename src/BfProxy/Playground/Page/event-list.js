const byId = (id) => document.getElementById(id);
const longest = 1000;

/** The list of raw frames: one line each, whole when opened. Lines wait for the next animation frame, so a flood costs one layout, and a hidden page keeps the newest only. */
export class EventList {
  #waiting = [];
  #scheduled = false;
  #kept = [];
  #frames = 0;
  #events = 0;
  #gaps = 0;
  #startedAt = performance.now();

  /** Times in the list count from here. */
  start(now) {
    this.#startedAt = now;
  }

  addFrame(frame, text, now) {
    const from = frame.from ?? frame.offset;
    const covered = frame.offset - from + 1;
    this.#frames++;
    this.#events += covered;
    this.#push({
      group: 'frame',
      kind: frame.event?.type ?? 'message',
      number: covered > 1 ? `${from}–${frame.offset}` : String(frame.offset),
      seq: frame.seqFrom && frame.seqFrom !== frame.seq ? `${frame.seqFrom}–${frame.seq}` : String(frame.seq ?? ''),
      rolled: covered > 1 ? covered : null,
      peek: peekOf(frame),
      text,
      now,
    });
  }

  /** Something was lost: said at once, and not taken back. */
  addGap(peek, now) {
    this.#gaps++;
    this.addNote('gap', peek, now);
  }

  addNote(kind, peek, now, text = '') {
    this.#push({ group: kind, kind, number: '', seq: '', rolled: null, peek, text, now });
  }

  clear() {
    this.#waiting = [];
    this.#kept = [];
    this.#frames = this.#events = this.#gaps = 0;
    byId('events').replaceChildren();
    this.#count();
  }

  /** Everything that is listed, as JSON lines. */
  get lines() {
    return this.#kept.filter(({ text }) => text).map(({ text }) => text.trim()).join('\n');
  }

  #push(entry) {
    for (const list of [this.#kept, this.#waiting]) {
      list.push(entry);
      if (list.length > longest) {
        list.shift();
      }
    }
    if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => this.#flush());
    }
  }

  #flush() {
    this.#scheduled = false;
    const scroll = byId('event-scroll');
    const list = byId('events');
    const follows = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
    list.append(...this.#waiting.splice(0).map((entry) => line(entry, this.#startedAt)));
    while (list.childElementCount > longest) {
      list.firstElementChild.remove();
    }
    this.#count();
    if (follows) {
      scroll.scrollTop = scroll.scrollHeight;
    }
  }

  #count() {
    byId('event-empty').hidden = this.#kept.length > 0;
    byId('event-count').textContent = String(this.#events);
    const check = byId('ledger-check');
    check.dataset.ok = String(this.#gaps === 0);
    check.textContent = this.#events + this.#gaps === 0 ? '' : `${this.#events} events in ${this.#frames} frames, ${this.#gaps ? `some lost (${this.#gaps} ${this.#gaps === 1 ? 'gap' : 'gaps'})` : 'in order, none missing'}`;
  }
}

function line(entry, startedAt) {
  const item = document.createElement('li');
  Object.assign(item.dataset, { kind: entry.kind, group: entry.group });
  if (entry.rolled) {
    item.dataset.rolled = entry.rolled;
  }
  const details = document.createElement(entry.text ? 'details' : 'div');
  const summary = document.createElement(entry.text ? 'summary' : 'div');
  summary.className = 'line';
  summary.append(cell('number', entry.number), cell('seq', entry.seq), cell('when', `+${((entry.now - startedAt) / 1000).toFixed(3)}`));
  const kind = cell('kind', entry.kind);
  if (entry.rolled) {
    kind.dataset.rolled = entry.rolled;
  }
  summary.append(kind, cell('peek', entry.peek));
  details.append(summary);
  if (entry.text) {
    details.addEventListener('toggle', () => {
      if (details.childElementCount === 1) {
        details.append(whole(entry.text));
      }
      details.scrollIntoView({ block: 'nearest' });
    });
  }
  item.append(details);
  return item;
}

function whole(text) {
  const element = document.createElement('pre');
  element.textContent = text;
  return element;
}

function cell(name, text) {
  const element = document.createElement('span');
  element.className = name;
  element.textContent = text;
  return element;
}

function peekOf({ event, message }) {
  if (!event) {
    return JSON.stringify(message);
  }
  const { type, ...rest } = event;
  return JSON.stringify(type === 'delta' ? rest.content : rest);
}
