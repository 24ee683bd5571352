/** All that the account center shows of the user, as one document. */
import type { AccountChanges, Visit } from './changes.ts';
import { type AccountContext, isShown } from './context.ts';
import type { MyAccount } from './my-account.ts';
import type { MyFactors } from './my-factors.ts';
import type { MySessions } from './my-sessions.ts';

export interface MyData {
  /** @throws AldabaError `verification_record.permission_denied` unless the caller proved to be the owner */
  collect: (visit: Visit) => Promise<Record<string, unknown>>;
}

/** Trusted browsers in a document. */
const mostDevices = 1000;

export function createMyData(
  { audit, clock }: Pick<AccountContext, 'audit' | 'clock'>,
  parts: { changes: AccountChanges; mine: MyAccount; myFactors: MyFactors; mySessions: MySessions },
): MyData {
  const { changes, mine, myFactors, mySessions } = parts;
  return {
    collect: (visit) =>
      audit.attempt(visit.tenant, visit.owner, { key: 'Account.Export', params: {} }, async () => {
        await changes.requireProof(visit);
        const showsFactors = isShown(visit.center, 'mfa');
        const showsSessions = isShown(visit.center, 'session');
        return {
          exportedAt: new Date(clock.now()).toISOString(),
          account: await mine.get(visit),
          ...(showsFactors
            ? {
                secondFactors: await myFactors.listFactors(visit),
                trustedDevices: (await mySessions.trustedDevices(visit, { offset: 0, limit: mostDevices })).items,
              }
            : {}),
          ...(showsSessions
            ? { sessions: await mySessions.sessions(visit), applications: await mySessions.grants(visit) }
            : {}),
        };
      }),
  };
}
