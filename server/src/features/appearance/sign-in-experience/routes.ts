import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { Passwords } from '../../../services/passwords/index.ts';
import type { Users } from '../../people/users/index.ts';
import { checkPassword } from './password-check.ts';
import type { SignInExperiences } from './service.ts';
import { findUsernameConflicts } from './store.ts';

/** `/api/sign-in-exp`. */
export function signInExperienceRoutes(
  implement: Implement,
  signInExperiences: SignInExperiences,
  needs: { users: Pick<Users, 'find'>; passwords: Pick<Passwords, 'issues'> },
): void {
  implement(contract.getSignInExperience, ({ tenant }) => signInExperiences.get(tenant));
  implement(contract.updateSignInExperience, ({ tenant, body }) => signInExperiences.update(tenant, body));
  implement(contract.checkPassword, async ({ tenant, body }) =>
    checkPassword(needs, { tenant, settings: await signInExperiences.get(tenant) }, body),
  );
  implement(contract.findUsernameConflicts, ({ tenant, query }) => findUsernameConflicts(tenant.db, query.limit));
}
