import { findGrant, type GrantRecord } from '../store/grants.ts';
import { type Flow, type Outcome, refuse } from './flow.ts';
import { ask } from './login.ts';

/**
 * Asks for consent. The operator's own applications have it by being its own: SDKs send `prompt=consent` on every sign-in,
 * and a page that always says yes helps nobody.
 */
export async function requireConsent(flow: Flow): Promise<Outcome | undefined> {
  if (!flow.client.isThirdParty || flow.consented) return undefined;
  const { request, session, tx, core } = flow;
  if (session && !request.prompt.includes('consent')) {
    const grant = await findGrant(tx, session.uid, request.clientId, new Date(core.clock.now()));
    if (grant && covers(grant, request)) return undefined;
  }
  if (request.prompt.includes('none')) return refuse('consent_required', 'End-User consent is required');
  return ask(flow, 'consent');
}

const covers = (grant: GrantRecord, request: { scope: string; resources: string[] }): boolean => {
  const granted = new Set(grant.scope.split(' '));
  return (
    request.scope.split(' ').every((scope) => scope === '' || granted.has(scope)) &&
    request.resources.every((resource) => grant.resources.includes(resource))
  );
};
