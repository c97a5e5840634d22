import { ActionQueue } from './actions.js';

/** Hands events over: to `onEvent`, else to BetterForms' named actions; and has front-end tools run and answered. */
export class Delivery {
  #handlers;
  #answer;
  #actions;

  /** `answer(toolCallId, answer)` answers a tool call; `onDropped` hears of events that waited too long for BetterForms. */
  constructor(handlers, answer, onDropped) {
    this.#handlers = handlers;
    this.#answer = answer;
    this.#actions = new ActionQueue(onDropped);
  }

  hand(event, actionName) {
    const { onEvent, onToolCall } = this.#handlers;
    onEvent?.(event, actionName);
    if (event.type === 'llmToolCall') {
      if (onToolCall || !onEvent) {
        this.#runTool(event, onToolCall);
      }
    } else if (!onEvent && actionName) {
      this.#actions.add(actionName, event);
    }
  }

  async #runTool(event, onToolCall) {
    try {
      if (onToolCall) {
        await this.#answer(event.toolCallId, (await onToolCall(event)) ?? { success: true });
      } else {
        // The page's own action answers.
        await this.#actions.tool(event);
      }
    } catch (fault) {
      await this.#answer(event.toolCallId, { success: false, message: String(fault?.message ?? fault) }).catch(() => {});
    }
  }
}
