import { AldabaError } from '../kernel/errors.ts';

/** The name of the violated constraint, for errors from `translateDatabaseError` (`errors.ts`). */
export const constraintOf = (error: unknown): string | undefined =>
  error instanceof AldabaError ? (error.cause as { constraint?: string } | undefined)?.constraint : undefined;
