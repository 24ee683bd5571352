/** What came of a script. */
export type Outcome =
  | { kind: 'claims'; claims: Record<string, unknown> }
  | { kind: 'denied'; message?: string }
  /** `line` is where the script failed, if it is known; `message` is the script's own and may hold anything. */
  | { kind: 'failed'; reason: Failure; message?: string; line?: number };

/** `busy`: too many scripts were waiting. `shape`: what it returned is no object of JSON, or too large. */
export type Failure = 'error' | 'time' | 'memory' | 'shape' | 'busy';

/** What an isolate is sent. `input` is JSON: nothing but text crosses into the isolate, and nothing but text leaves it. */
export interface Task {
  script: string;
  input: string;
}
