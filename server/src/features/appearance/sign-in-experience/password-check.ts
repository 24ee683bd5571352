import type { PasswordIssue, SignInExperience } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Passwords } from '../../../services/passwords/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Users } from '../../people/users/index.ts';

/**
 * Checks a password against the tenant's rules; with a user, also against the user's data.
 * @throws AldabaError `entity.not_found` for an unknown user
 */
export async function checkPassword(
  { users, passwords }: { users: Pick<Users, 'find'>; passwords: Pick<Passwords, 'issues'> },
  { tenant, settings }: { tenant: Tenant; settings: SignInExperience },
  { password, userId }: { password: string; userId?: string | undefined },
): Promise<{ result: true } | { result: false; issues: PasswordIssue[] }> {
  const user = userId === undefined ? undefined : await users.find(tenant.db, userId);
  if (userId !== undefined && !user) throw new AldabaError('entity.not_found');
  const issues = await passwords.issues(settings.passwordPolicy, password, {
    username: user?.username ?? null,
    email: user?.primaryEmail ?? null,
    phone: user?.primaryPhone ?? null,
    name: user?.name ?? null,
  });
  return issues.length === 0 ? { result: true } : { result: false, issues };
}
