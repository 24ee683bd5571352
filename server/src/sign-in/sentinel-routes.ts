import * as contract from '@aldaba/contract';
import type { Implement } from '../http/index.ts';
import { attemptName, attemptTarget, replacingAttemptName, secondAttemptName } from './attempts.ts';
import type { SignIn } from './service.ts';
import { clearAttempts } from './store.ts';

/** What an identifier may be; the lock is on the identifier with its type. Others are on the person's id. */
const types = ['username', 'email', 'phone'] as const;

/** `/api/sentinel-activities`: ends locks after failed attempts. Nothing locks applications, so there is nothing to end for them. */
export function sentinelRoutes(implement: Implement, signIn: Pick<SignIn, 'settings'>): void {
  implement(contract.deleteSentinelActivities, async ({ tenant, body }) => {
    if (body.targetType === 'App') return;
    const settings = await signIn.settings(tenant);
    for (const value of new Set(body.targets)) {
      const ofIdentifiers = types.map((type) => attemptName(settings, { type, value }));
      const names = [...ofIdentifiers, secondAttemptName(value), replacingAttemptName(value)];
      for (const name of names) await clearAttempts(tenant.db, attemptTarget(name));
    }
  });
}
