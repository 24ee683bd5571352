/** The outcome of a script. */
export type Outcome =
  /** The JSON result of the script's function; absent if it returned nothing. */
  { kind: 'returned'; value?: unknown } | { kind: 'denied'; message?: string } | Failed;

/** `line` is where the script failed, if known; `message` comes from the script and may contain anything. */
export interface Failed {
  kind: 'failed';
  reason: Failure;
  message?: string;
  line?: number;
}

/**
 * The script's own failure. `load`: a syntax error, a failure before its function is called, or a missing function.
 * `shape`: a result of the wrong type or too large. A script that was not run to its end has no outcome: `Scripts.run`
 * rejects.
 */
type Failure = 'load' | 'error' | 'time' | 'memory' | 'shape';

/** The input of an isolate. Only text crosses the boundary, in both directions. */
export interface Task {
  script: string;
  /**
   * Name of the function that the script defines and the isolate calls, with one object: the members of `input`, and
   * `api`.
   */
  entry: string;
  /** A JSON object. */
  input: string;
}
