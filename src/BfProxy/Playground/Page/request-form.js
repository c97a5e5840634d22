import { tools } from './tools.js';

const other = '\u0000other';
const byId = (id) => document.getElementById(id);

/** The form on the left: fills itself from the server's configuration, and turns into a request envelope. */
export class RequestForm {
  #config = { providers: [] };

  constructor() {
    byId('provider').addEventListener('change', () => this.#chooseProvider());
    byId('model').addEventListener('change', () => this.#chooseModel());
    byId('stream').addEventListener('change', () => this.#offerTools());
    byId('tools').append(...tools.map(toolChip));
  }

  get prompt() {
    return byId('prompt').value;
  }

  set prompt(text) {
    byId('prompt').value = text;
  }

  get channel() {
    return byId('channel').value.trim();
  }

  set channel(name) {
    byId('channel').value = name;
  }

  get streaming() {
    return byId('stream').checked;
  }

  get provider() {
    return byId('provider').value;
  }

  get model() {
    return byId('model').value === other ? byId('other-model').value.trim() : byId('model').value;
  }

  /** Tools are run for the model by another endpoint than the one that only streams. */
  get path() {
    return this.#tools.length > 0 ? '/llm/query' : '/stream/create';
  }

  chooseTools() {
    for (const box of byId('tools').querySelectorAll('input:not(:disabled)')) {
      box.checked = true;
    }
  }

  get keys() {
    return { app: byId('app-key').value, provider: byId('provider-key').value, publicApp: this.#config.appKey ?? null };
  }

  use(config) {
    this.#config = config;
    byId('app-key').value = config.appKey ?? '';
    byId('more').open = !config.appKey;
    byId('provider').replaceChildren(...config.providers.map(({ name }) => new Option(name, name)));
    byId('fields').disabled = false;
    byId('form').removeAttribute('aria-busy');
    this.#chooseProvider();
    this.#offerTools();
  }

  /** The envelope to send; `keys` may be placeholders where it is shown instead of sent. */
  envelope(keys = this.keys) {
    const system = byId('system').value.trim();
    const messages = [{ role: 'user', content: this.prompt }];
    const payload = {
      provider: this.provider,
      ...(keys.provider && { apiKey: keys.provider }),
      stream: this.streaming,
      ...(this.model && { model: this.model }),
      messages: system ? [{ role: 'system', content: system }, ...messages] : messages,
      ...numberOf('temperature', 'temperature'),
      ...numberOf('max-tokens', 'max_tokens'),
      ...(this.#tools.length > 0 && { tools: this.#tools }),
    };
    return { apiKey: keys.app, channels: [this.channel], actionName: byId('action').value.trim() || undefined, payload };
  }

  #chooseProvider() {
    const provider = this.#config.providers.find(({ name }) => name === this.provider);
    const models = [...new Set([provider?.defaultModel, ...(provider?.models ?? [])].filter(Boolean))];
    byId('model').replaceChildren(...models.map((name) => new Option(name, name)), new Option('Other…', other));
    // The field stays where it is, so that choosing a provider moves nothing.
    const needsKey = provider?.keyRequired ?? false;
    byId('provider-key').disabled = !needsKey;
    byId('provider-key').placeholder = needsKey ? 'stays in this page’s memory' : '';
    const note = byId('provider-key-note');
    note.textContent = !needsKey ? 'not needed' : provider.hasServerKey ? 'optional, the server holds one' : 'needed, the server holds none';
    note.dataset.need = String(needsKey && !provider.hasServerKey);
    byId('provider-key').value = '';
    this.#chooseModel();
  }

  get #tools() {
    return tools.filter((_, index) => boxes()[index].checked && !boxes()[index].disabled).map(({ definition }) => definition);
  }

  /** A page can answer only while it streams; the back end's tools are those of the demo app. */
  #offerTools() {
    for (const [index, { place }] of tools.entries()) {
      boxes()[index].disabled = place === 'this page' ? !this.streaming : !this.#config.appKey;
    }
  }

  #chooseModel() {
    byId('other-model-field').hidden = byId('model').value !== other;
  }
}

const boxes = () => byId('tools').querySelectorAll('input');

function toolChip({ label, place }) {
  const item = document.createElement('li');
  const chip = document.createElement('label');
  const box = document.createElement('input');
  box.type = 'checkbox';
  chip.title = `Runs ${place === 'this page' ? 'in this page' : 'at the back end'}`;
  chip.append(box, label);
  item.append(chip);
  return item;
}

function numberOf(id, name) {
  const { value, valueAsNumber } = byId(id);
  return value !== '' && Number.isFinite(valueAsNumber) ? { [name]: valueAsNumber } : {};
}
