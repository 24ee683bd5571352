import type { Failed } from '../../../services/isolates/index.ts';

/** The outcome of a script for claims. */
export type Outcome =
  | { kind: 'claims'; claims: Record<string, unknown> }
  | { kind: 'denied'; message?: string }
  | Failed;
