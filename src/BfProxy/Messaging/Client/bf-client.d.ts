/** Types of /bf-client.js. */

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

interface Placed {
  streamId: string;
  channel: string;
}

/** What an action or onEvent is handed. Deltas that were rolled up, or waited side by side, come as one. */
export type BfEvent = Placed & (
  | { type: 'threadInfo'; content: { streamId: string } }
  | { type: 'delta'; content: string }
  | { type: 'function_call'; content: { functions: { name: string; userMessage: string | null; arguments?: string; id?: string; toolCallId?: string }[] } }
  | { type: 'llmToolCall'; action: 'llmToolCall'; toolName: string; toolCallId: string; options: { functions: { name: string; arguments: string }[]; toolCallId: string } }
  | { type: 'end'; finish_reason: string; usage: Usage | null; usage_source?: 'reported' | 'partial' | 'estimated' }
  | { type: 'error'; error: { message: string; code: number; details: string } }
);

export type ToolCall = Extract<BfEvent, { type: 'llmToolCall' }>;

export interface Message {
  actions: unknown[];
  model: Record<string, unknown>;
  app: Record<string, unknown>;
}

export interface Status {
  state: 'connecting' | 'open' | 'waiting' | 'closed';
  transport: 'socket' | 'events' | null;
  attempt?: number;
  /** Why the last connection ended: a close code of docs/channels.md, an HTTP status, or 0 for none. */
  code?: number;
  /** Milliseconds until the next try. */
  delay?: number;
  reason?: string;
}

/** From where a join wants the past: after a frame, one stream from its first token, or what is kept. */
export type Since = { epoch: string; offset: number } | { streamId: string } | 'start';

export interface JoinReply {
  ok: true;
  channel: string;
  epoch: string;
  offset: number;
  /** Whether what `since` asked for comes in full; absent without it. */
  recovered?: boolean;
}

export interface ClientOptions {
  /** BfProxy's address; default: where this module came from. */
  url?: string | URL;
  /** The app, where the host name does not say. */
  app?: string;
  /** A channel token (JWT), or a function that gets a fresh one; used at each connection. */
  token?: string | (() => string | Promise<string>);
  /** Default: a socket, and event streams where two sockets in a row could not be opened. */
  transport?: 'auto' | 'socket' | 'events';
  /** Takes every event; named actions are then not run. */
  onEvent?(event: BfEvent, actionName?: string): void;
  /** Takes what visitors and back ends send; it is never executed. */
  onMessage?(message: Message, about: { channel: string; from?: unknown }): void;
  /** Runs a front-end tool; what it returns goes to the model. Without it the named action of that name runs, and answers by itself. */
  onToolCall?(call: ToolCall): unknown | Promise<unknown>;
  /** The connection's state changed. */
  onStatus?(status: Status): void;
  /** Frames of this channel (or of one of its streams) were lost: what was shown may have a hole. Never silent. */
  onGap?(gap: { channel: string; streamId?: string; reason: string }): void;
  onJoined?(reply: JoinReply & { since?: Since }): void;
  /** Every frame as it came, for those who look under the bonnet. */
  onFrame?(frame: Record<string, unknown>, text: string): void;
}

export class ClientError extends Error {
  /** The server's code of a refused command, an HTTP status, or 0 where the connection was the cause. */
  readonly code: number;
}

export class BfClient {
  constructor(options?: ClientOptions);
  readonly connectionId: string | null;
  readonly state: Status['state'];
  connect(): this;
  close(): void;
  retryNow(): void;
  drop(): void;
  position(channel: string): { epoch: string; offset: number | null } | null;
  join(channel: string, options?: { since?: Since }): Promise<JoinReply>;
  leave(channel: string): Promise<unknown>;
  authenticate(token: ClientOptions['token']): Promise<unknown>;
  send(message: { channels: string[] } & Partial<Message>): Promise<unknown>;
  stop(streamId: string): Promise<{ status: 'stopped' | 'not_found' }>;
  answerTool(toolCallId: string, answer: Record<string, unknown>): Promise<unknown>;
  command(action: string, options: Record<string, unknown>): Promise<unknown>;
}

export function connect(options?: ClientOptions): BfClient;
