/** How a sign-out goes from one application to the next: pure, stored as JSON in saml_sign_outs. */

/** An application that knows of a session that has ended. */
export interface Participant {
  applicationId: string;
  /** The ended session, which the application knows by this index. */
  sessionUid: string;
  nameId: string;
  nameIdFormat: string;
}

/** What follows when all applications were asked. */
export type Ending =
  /** The application that the user comes from. */
  | { kind: 'return'; url: string }
  /** Our page that says that the user is signed out. */
  | { kind: 'page'; url: string }
  /** The response to the service provider that began. */
  | { kind: 'answer'; applicationId: string; requestId: string; relayState?: string | undefined };

export interface SignOutState {
  userId: string;
  /** Not asked yet, the next one first. */
  left: Participant[];
  asked?: (Participant & { requestId: string }) | undefined;
  /** Ids of applications that did not confirm the sign-out. */
  unconfirmed: string[];
  /** Ids of applications that have no address for sign-outs. */
  untold: string[];
  ending: Ending;
}

/** What a browser that opens the sign-out sees. */
export type SignOutStep =
  /** The next application is asked. */
  | { kind: 'leaving'; applicationId: string }
  /** The user came back without an answer. */
  | { kind: 'unanswered'; applicationId: string }
  /** All were asked, and these may still have a session of the user. */
  | { kind: 'incomplete'; applicationIds: string[] }
  | { kind: 'complete' };

export function stepOf({ asked, left, unconfirmed, untold, ending }: SignOutState): SignOutStep {
  if (asked) return { kind: 'unanswered', applicationId: asked.applicationId };
  const [next] = left;
  if (next) return { kind: 'leaving', applicationId: next.applicationId };
  // An application that has no address for sign-outs stops no user on the way to another page.
  const isShown = unconfirmed.length > 0 || (ending.kind === 'page' && untold.length > 0);
  return isShown ? { kind: 'incomplete', applicationIds: [...unconfirmed, ...untold] } : { kind: 'complete' };
}

/** Gives up on the application that was asked. */
export const skip = (state: SignOutState): SignOutState =>
  state.asked ? settle(state, state.asked.requestId, false) : state;

/** Notes the answer to a request; an answer to any other request changes nothing. */
export function settle(state: SignOutState, requestId: string, isConfirmed: boolean): SignOutState {
  if (state.asked?.requestId !== requestId) return state;
  const { asked, ...rest } = state;
  return isConfirmed ? rest : { ...rest, unconfirmed: [...rest.unconfirmed, asked.applicationId] };
}

/** Asks the next application. */
export function ask(state: SignOutState, requestId: string): SignOutState {
  const [next, ...left] = state.left;
  return next && !state.asked ? { ...state, left, asked: { ...next, requestId } } : state;
}
