const text = { type: 'string' };
const tool = (name, description, properties = {}, required = []) =>
  ({ type: 'function', function: { name, description, parameters: { type: 'object', properties, required, additionalProperties: false } } });

/** Tools to offer a model: the first runs in this page, the others at the demo app's back end. */
export const tools = [
  { label: 'Ask me', place: 'this page', definition: tool('ui_ask_visitor', 'Asks the person in front of the page a question and returns the answer.', { question: text }, ['question']) },
  { label: 'Dice', place: 'back end', definition: tool('roll_dice', 'Rolls two dice.') },
  { label: 'Clock', place: 'back end', definition: tool('tell_time', 'Tells the time of day in UTC.') },
];

/** Calls that wait for somebody in front of this page. */
export class ToolDesk {
  #waiting = new Map();

  /** Resolves with what is to be told to the model. A tool that this page does not have fails, and the model is told so. */
  run({ toolName, toolCallId }) {
    if (toolName !== 'ask_visitor') {
      throw new Error(`The playground has no tool ${toolName}.`);
    }
    return new Promise((resolve) => this.#waiting.set(toolCallId, resolve));
  }

  waitsFor(toolCallId) {
    return this.#waiting.has(toolCallId);
  }

  answer(toolCallId, answer) {
    this.#waiting.get(toolCallId)?.(answer);
    this.#waiting.delete(toolCallId);
  }
}
