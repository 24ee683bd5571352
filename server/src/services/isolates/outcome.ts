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

/**
 * What the script itself did wrong. `load`: it has a syntax error, fails before its function is called, or does not define the
 * function. `shape`: what it returned is not what its function has to return, or too large. A script that the server did not
 * run to its end has no outcome: `Scripts.run` rejects.
 */
type Failure = 'load' | 'error' | 'time' | 'memory' | 'shape';

/** What an isolate is sent. Nothing but text crosses into the isolate, and nothing but text leaves it. */
export interface Task {
  script: string;
  /** Name of the function that the script defines and the isolate calls, with one object: the members of `input`, and `api`. */
  entry: string;
  /** A JSON object. */
  input: string;
}
