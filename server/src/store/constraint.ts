import { AldabaError } from '../kernel/errors.ts';

/** The name of the violated constraint, for errors that `translateDatabaseError` (`errors.ts`) made. */
export const constraintOf = (error: unknown): string | undefined =>
  error instanceof AldabaError ? (error.cause as { constraint?: string } | undefined)?.constraint : undefined;
