import { ApiError } from '@aldaba/contract/client';
import type { ErrorCode } from '@aldaba/contract/errors';

/** What a form shows after a refusal: sentences at their fields, and one for the whole form if no field has it. */
export interface Refusal {
  fields: Readonly<Record<string, string>>;
  message?: string;
  requestId: string | undefined;
}

/** The field that an error belongs to, by its code. */
export type FieldsByCode = Partial<Record<ErrorCode, string>>;

/**
 * Sorts a refusal into the fields of a form: the code's field if it has one, the paths of an invalid body otherwise.
 * Sentences come from the server in the Console's language.
 *
 * @param names the fields that the form shows; a path belongs to the last of its parts that is such a name
 */
export function refusalOf(error: unknown, names: readonly string[], byCode: FieldsByCode = {}): Refusal {
  if (!(error instanceof ApiError))
    return { fields: {}, message: error instanceof Error ? error.message : String(error), requestId: undefined };
  const { message, requestId } = error;
  const code: ErrorCode | undefined = error.code;
  const field = code && byCode[code];
  if (field !== undefined && names.includes(field)) return { fields: { [field]: message }, requestId };
  const fields: Record<string, string> = {};
  if (error.is('guard.invalid_input'))
    for (const issue of error.data.issues ?? []) {
      const name = issue.path.findLast((part) => names.includes(part));
      if (name !== undefined) fields[name] ??= issue.message;
    }
  return Object.keys(fields).length > 0 ? { fields, requestId } : { fields, message, requestId };
}
