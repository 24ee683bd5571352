/** The `state` of a test sign-in, which no sign-in takes. Pure. */
import { opaqueToken } from '../../../kernel/ids.ts';

const prefix = 'test-sign-in.';

export const newTestState = (): string => `${prefix}${opaqueToken()}`;

/** Whether an answer of a provider belongs to a test. */
export const isTestState = (state: unknown): state is string =>
  typeof state === 'string' && state.length === prefix.length + 43 && state.startsWith(prefix);
