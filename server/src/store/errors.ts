import { AldabaError } from '../kernel/errors.ts';
import { isUnavailable } from './failures.ts';

interface PostgresError extends Error {
  code?: string;
  constraint?: string;
  detail?: string;
  column?: string;
}

/**
 * The name in the API of a value that must be unique, if its feature has no specific error code. PostgreSQL does not
 * name the columns of a table under row-level security.
 */
const fields: Readonly<Record<string, string>> = {
  organization_roles_tenant_id_name_key: 'name',
  organization_scopes_tenant_id_name_key: 'name',
  organization_jit_email_domains_pkey: 'emailDomain',
  organization_invitations_pending: 'invitee',
};

/**
 * Converts constraint violations to codes of the contract, with the constraint's name as cause for features with a more
 * specific error (`constraintOf`), and an unavailable database to `request.unavailable`. Other errors are unchanged.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, constraint } = error as PostgresError;
  switch (code) {
    case '23505':
      return new AldabaError(
        'entity.unique_integrity_violation',
        { field: fields[constraint ?? ''] ?? 'value' },
        { cause: error },
      );
    case '23503':
      return new AldabaError('entity.relation_foreign_key_not_found', undefined, { cause: error });
    case '23514':
    case '23502':
      return new AldabaError('entity.db_constraint_violated', undefined, { cause: error });
    case '22001':
      return new AldabaError('entity.value_too_long', undefined, { cause: error });
    // A null byte or another character that PostgreSQL's text cannot hold; JSON with \u0000.
    case '22021':
    case '22P05':
      return new AldabaError(
        'guard.invalid_input',
        { reason: 'it contains a character that cannot be stored' },
        { cause: error },
      );
    default:
      return isUnavailable(error) ? new AldabaError('request.unavailable', undefined, { cause: error }) : error;
  }
}
