/** What came of a script. */
export type Outcome =
  /** JSON that the script's function returned; absent when it returned nothing. */
  { kind: 'returned'; value?: unknown } | { kind: 'denied'; message?: string } | Failed;

/** `line` is where the script failed, if it is known; `message` is the script's own and may hold anything. */
export interface Failed {
  kind: 'failed';
  reason: Failure;
  message?: string;
  line?: number;
}

/** `busy`: too many scripts of the owner were waiting. `shape`: what it returned is not what its function has to return, or too large. */
type Failure = 'error' | 'time' | 'memory' | 'shape' | 'busy';

/** What an isolate is sent. Nothing but text crosses into the isolate, and nothing but text leaves it. */
export interface Task {
  script: string;
  /** Name of the function that the script defines and the isolate calls, with one object: the members of `input`, and `api`. */
  entry: string;
  /** A JSON object. */
  input: string;
}
