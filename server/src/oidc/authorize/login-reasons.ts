import { meetsAcr } from '../acr.ts';
import type { Session } from '../sessions.ts';
import type { AuthorizationRequest } from './request.ts';

/** Input that decides whether a user must sign in; `now` in milliseconds. */
export interface LoginQuestion {
  request: AuthorizationRequest;
  session: Session | undefined;
  now: number;
}

/** Reasons to require a sign-in, in this order. */
const reasons: readonly { reason: string; applies: (question: LoginQuestion) => boolean }[] = [
  { reason: 'no user is signed in', applies: ({ session }) => session === undefined },
  {
    reason: 'the application asked for it',
    applies: ({ request }) => request.prompt.includes('login') && !request.hasSignedIn,
  },
  {
    reason: 'the application asked for registration',
    applies: ({ request }) => request.prompt.includes('create') && !request.hasSignedIn,
  },
  {
    reason: 'the application asked for a choice of account',
    applies: ({ request }) => request.prompt.includes('select_account') && !request.hasSignedIn && !request.hasChosen,
  },
  { reason: 'the sign-in is too old', applies: (question) => isTooOld(question) && !question.request.hasSignedIn },
  {
    // The link may be for another account than the signed-in one.
    reason: 'the user opened a link sent to an email address',
    applies: ({ request }) => request.isByLink === true && !request.hasSignedIn && !request.hasChosen,
  },
  {
    reason: 'the application requires a stronger sign-in',
    applies: ({ request, session }) =>
      session !== undefined && !meetsAcr(request.essentialAcr, session.amr) && !request.hasSignedIn,
  },
  {
    reason: 'another user is expected',
    applies: ({ request, session }) => request.hintedUserId !== undefined && request.hintedUserId !== session?.userId,
  },
];

const isTooOld = ({ request, session, now }: LoginQuestion): boolean =>
  request.maxAge !== undefined &&
  session !== undefined &&
  now - session.authenticatedAt.getTime() >= request.maxAge * 1000;

/** The first reason that applies, or undefined if the session is sufficient. */
export const loginReason = (question: LoginQuestion): string | undefined =>
  reasons.find(({ applies }) => applies(question))?.reason;
