import { readCookie } from '../http/cookies.ts';
import type { Request } from '../http/types.ts';
import type { Clock } from '../kernel/clock.ts';
import { hashToken } from '../kernel/crypto.ts';
import { opaqueToken, standardId } from '../kernel/ids.ts';
import { currentOrigin, type Origin } from '../kernel/origin.ts';
import type { Jobs } from '../services/jobs/index.ts';
import type { SignInResult } from '../sign-in/port.ts';
import type { Queries, Transaction } from '../store/index.ts';
import { announceLogout } from './backchannel-logout.ts';
import { sessionCookie } from './cookies.ts';
import { deleteSession, findSession, insertSession, type NewSession, renewSession } from './store/sessions.ts';

export interface Session {
  /** Public id, the `sid` of ID tokens. */
  uid: string;
  userId: string;
  authenticatedAt: Date;
  amr: string[];
  /** To about a minute. */
  lastActiveAt: Date;
  /** Hash of the cookie's value. */
  idHash: string;
}

/** The browser's session, if it has the cookie of a live session of an active user. */
export async function findBrowserSession(q: Queries, request: Request, clock: Clock): Promise<Session | undefined> {
  const value = readCookie(request, sessionCookie);
  return value ? findSession(q, hashToken(value), new Date(clock.now())) : undefined;
}

/**
 * Creates or renews the session after an authentication. The cookie's value changes every time, so that a value planted
 * or stolen before is useless (session fixation). The same user keeps the session's id and its grants; another user
 * gets a new session, and the old one ends with its grants: the subject of a session never changes.
 *
 * @param life now in milliseconds, and the session's lifetime in seconds from now on
 */
export async function beginSession(
  tx: Transaction,
  login: SignInResult,
  previous: Session | undefined,
  life: { now: number; ttl: number },
): Promise<{ session: Session; cookieValue: string }> {
  const cookieValue = opaqueToken();
  const keeps = previous?.userId === login.userId;
  const record: NewSession = {
    idHash: hashToken(cookieValue),
    uid: keeps ? previous.uid : standardId(),
    userId: login.userId,
    authenticatedAt: login.authenticatedAt,
    amr: login.amr,
    lastActiveAt: new Date(life.now),
    lastSubmission: login.submission,
    expiresAt: new Date(life.now + life.ttl * 1000),
    ...browserOf(currentOrigin()),
  };
  const renewed = keeps && (await renewSession(tx, previous.idHash, record));
  if (!renewed) {
    if (previous) await deleteSession(tx, previous.uid);
    await insertSession(tx, record);
  }
  return { session: record, cookieValue };
}

/** Characters of a user agent that are kept. */
const userAgentLength = 512;
const browserOf = (origin: Origin | undefined): Pick<NewSession, 'ip' | 'userAgent'> => ({
  ip: origin?.ip ?? null,
  userAgent: origin?.userAgent?.slice(0, userAgentLength) ?? null,
});

/** Ends a session with its grants, and enqueues notifications to applications that use back-channel logout. */
export async function endSession(
  needs: { jobs: Pick<Jobs, 'enqueue'> },
  tx: Transaction,
  session: Pick<Session, 'uid'>,
): Promise<void> {
  await announceLogout(needs.jobs, tx, { uid: session.uid });
  await deleteSession(tx, session.uid);
}
