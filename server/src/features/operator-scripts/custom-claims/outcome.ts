import type { Failed } from '../../../services/isolates/index.ts';

/** What came of a script for claims. */
export type Outcome =
  | { kind: 'claims'; claims: Record<string, unknown> }
  | { kind: 'denied'; message?: string }
  | Failed;
