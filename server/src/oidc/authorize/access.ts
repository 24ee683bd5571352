import { type Flow, type Outcome, refuse } from './flow.ts';

/** Rejects users whom no rule of an application with limited access admits. */
export async function requireAccess({ client, core, session, q }: Flow): Promise<Outcome | undefined> {
  if (!client.isAccessLimited || !session) return undefined;
  if (await core.accessControl.mayUse(q, [client.id], session.userId)) return undefined;
  return refuse('access_denied', 'the person may not use this application');
}
