import { ApiError } from '@aldaba/contract/client';
import type { Refusal } from '../api/errors.ts';

/**
 * Reads the refusal of a body whose members have members, for `useForm`: each sentence goes to the input with the whole
 * path, or to the one around it.
 *
 * @param inputs paths such as `passwordPolicy.length.min`
 */
export const readNested =
  (inputs: readonly string[]) =>
  (error: unknown): Refusal | undefined => {
    if (!(error instanceof ApiError) || !error.is('guard.invalid_input')) return undefined;
    const fields: Record<string, string> = {};
    for (const { path, message } of error.data.issues ?? []) {
      const whole = `${path.join('.')}.`;
      const input =
        inputs.find((each) => whole.startsWith(`${each}.`)) ?? inputs.find((each) => `${each}.`.startsWith(whole));
      if (input !== undefined) fields[input] ??= message;
    }
    return Object.keys(fields).length > 0 ? { fields, requestId: error.requestId } : undefined;
  };
