import * as contract from '@aldaba/contract';
import type { Implement } from '../http/index.ts';
import { accountAttemptName, attemptName, attemptTarget, replacingAttemptName, secondAttemptName } from './attempts.ts';
import type { SignInNeeds } from './needs.ts';
import type { SignIn } from './steps/index.ts';
import { clearAttempts } from './store.ts';

/** What an identifier may be. Where it is an account's, the lock is on the account. */
const types = ['username', 'email', 'phone'] as const;

/** `/api/sentinel-activities`: ends locks after failed attempts. Applications are never locked. */
export function sentinelRoutes(
  implement: Implement,
  signIn: Pick<SignIn, 'settings'>,
  users: Pick<SignInNeeds['users'], 'findByIdentifier'>,
): void {
  implement(contract.deleteSentinelActivities, async ({ tenant, body }) => {
    if (body.targetType === 'App') return;
    const settings = await signIn.settings(tenant);
    for (const value of new Set(body.targets)) {
      const ofIdentifiers = types.map((type) => attemptName(settings, { type, value }));
      const ids = new Set([value]);
      for (const type of types) {
        const ignoresCase = type !== 'username' || !settings.usernamePolicy.caseSensitive;
        const found = await users.findByIdentifier(tenant.db, { type, value, ignoresCase });
        if (found) ids.add(found.id);
      }
      const ofAccounts = [...ids].flatMap((id) => [
        accountAttemptName(id),
        secondAttemptName(id),
        replacingAttemptName(id),
      ]);
      const names = [...ofIdentifiers, ...ofAccounts];
      for (const name of names) await clearAttempts(tenant.db, attemptTarget(name));
    }
  });
}
