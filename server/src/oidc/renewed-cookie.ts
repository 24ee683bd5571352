import { readCookie, writeCookie } from '../http/cookies.ts';
import type { Reply, Request } from '../http/types.ts';
import type { Clock } from '../kernel/clock.ts';
import { hashToken } from '../kernel/crypto.ts';
import { opaqueToken } from '../kernel/ids.ts';
import type { Transaction } from '../store/index.ts';
import { sessionCookie } from './cookies.ts';
import { replaceSecret } from './store/user-sessions.ts';

/**
 * Gives the session of a browser another cookie value, which the answer carries after the commit: a copy of the cookie
 * that was made before is of no use then. Id, grants and lifetime of the session stay.
 */
export async function renewCookie(
  { clock }: { clock: Clock },
  tx: Transaction,
  { request, reply }: { request: Request; reply: Reply },
): Promise<void> {
  const value = opaqueToken();
  const before = hashToken(readCookie(request, sessionCookie) ?? '');
  const expiresAt = await replaceSecret(tx, { before, after: hashToken(value) });
  // The session has ended, or a concurrent request has renewed it.
  if (!expiresAt) return;
  const maxAge = Math.max(0, Math.ceil((expiresAt.getTime() - clock.now()) / 1000));
  tx.afterCommit(() => writeCookie(request, reply, { name: sessionCookie, value, maxAge }));
}
