import * as contract from '@aldaba/contract';
import type { Implement } from '../http/index.ts';
import { attemptName, attemptTarget } from './attempts.ts';
import type { SignIn } from './service.ts';
import { clearAttempts } from './store.ts';

/** What an identifier may be; the lock is on the identifier with its type. */
const types = ['username', 'email', 'phone'] as const;

/** `/api/sentinel-activities`: ends locks after failed attempts. Nothing locks applications, so there is nothing to end for them. */
export function sentinelRoutes(implement: Implement, signIn: Pick<SignIn, 'settings'>): void {
  implement(contract.deleteSentinelActivities, async ({ tenant, body }) => {
    if (body.targetType === 'App') return;
    const settings = await signIn.settings(tenant);
    for (const value of new Set(body.targets))
      for (const type of types) await clearAttempts(tenant.db, attemptTarget(attemptName(settings, { type, value })));
  });
}
