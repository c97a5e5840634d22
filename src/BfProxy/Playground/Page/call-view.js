const states = {
  running: 'running…',
  waiting: 'waits for you',
  done: 'answered, the model has the result',
  answered: 'answered',
  failed: 'refused',
  missed: 'answered elsewhere, or not in time',
  ended: 'not answered, the stream is over',
};

/** One tool call within an answer: its arguments, how it stands, its result, and where it asks the visitor, a place to answer. */
export class CallView {
  #state;
  #result;
  #form = null;

  constructor(call, answer) {
    this.element = make('div', 'call');
    this.element.dataset.name = call.name;
    const head = make('div', 'call-head');
    this.#state = make('span', 'call-state');
    head.append(make('code', '', call.name), make('span', 'call-place', call.isPages ? 'this page' : 'back end'), this.#state);
    this.element.append(head);
    if (call.arguments && call.arguments !== '{}') {
      this.element.append(make('pre', 'call-arguments', call.arguments));
    }
    if (call.isPages) {
      this.#form = answerForm(questionOf(call), (said) => answer(call.id, said));
      this.element.append(this.#form);
    }
    this.#result = make('p', 'call-result');
    this.element.append(this.#result);
  }

  show(call) {
    this.element.dataset.state = call.state;
    this.#state.textContent = states[call.state];
    this.#result.hidden = !call.answer;
    this.#result.textContent = call.answer?.message ?? '';
    if (this.#form) {
      this.#form.hidden = call.state !== 'waiting';
    }
  }
}

function answerForm(question, answer) {
  const form = make('form', 'call-form');
  const label = make('label', 'field');
  const input = make('input', '');
  input.autocomplete = 'off';
  input.maxLength = 500;
  label.append(make('span', '', question), input);
  const send = make('button', 'small-button', 'Answer');
  const refuse = make('button', 'small-button', 'Refuse');
  refuse.type = 'button';
  form.append(label, send, refuse);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    answer({ success: true, message: input.value });
  });
  refuse.addEventListener('click', () => answer({ success: false, message: 'The visitor did not want to answer.' }));
  return form;
}

function questionOf(call) {
  try {
    const { question } = JSON.parse(call.arguments);
    return typeof question === 'string' && question ? question : 'The model asks';
  } catch {
    return 'The model asks';
  }
}

function make(name, className, text = '') {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
