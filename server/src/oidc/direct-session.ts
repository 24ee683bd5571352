import { writeCookie } from '../http/cookies.ts';
import type { Reply, Request } from '../http/index.ts';
import { announceLogout } from './backchannel-logout.ts';
import { sessionCookie } from './cookies.ts';
import type { Core } from './core.ts';
import { beginSession, findBrowserSession } from './sessions.ts';

/**
 * Signs a user in to this browser without an application, for a page of the server that has just verified the user
 * itself, such as the setup. The session is the same as after a sign-in: the next authorization of any application
 * finds it. The caller rejects requests of other sites first, because such a request would sign a visitor in as a user
 * of the attacker's choice (login CSRF).
 *
 * @param amr authentication methods, e.g. `['pwd']`
 */
export async function startSession(
  core: Pick<Core, 'clock' | 'configs' | 'jobs'>,
  { request, reply }: { request: Request; reply: Reply },
  { userId, amr }: { userId: string; amr: string[] },
): Promise<void> {
  const { tenant } = request;
  const ttl = await core.configs.sessionTtl(tenant);
  const now = core.clock.now();
  const before = await findBrowserSession(tenant.db, request, core.clock);
  const submission = { interactionEvent: 'Register' as const, userId, verificationRecords: [] };
  const login = { userId, amr, authenticatedAt: new Date(now), submission };
  const { cookieValue } = await tenant.db.transaction(async (tx) => {
    if (before && before.userId !== userId) await announceLogout(core.jobs, tx, { uid: before.uid });
    return beginSession(tx, login, before, { now, ttl });
  });
  writeCookie(request, reply, { name: sessionCookie, value: cookieValue, maxAge: ttl });
}
