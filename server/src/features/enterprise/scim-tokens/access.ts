import { type Caller, mayCall } from '../../../http/guards.ts';
import { AldabaError } from '../../../kernel/errors.ts';

/**
 * The tenant's directory changes users and gives roles, so a caller who opens it to a program must be able to do both.
 * @throws AldabaError `auth.forbidden`
 */
export function requireDirectoryAccess(caller: Caller): void {
  if (!mayCall(caller, 'write:users') || !mayCall(caller, 'write:roles')) throw new AldabaError('auth.forbidden');
}
