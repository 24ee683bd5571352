/**
 * The portal of an organization: pages on which a customer's administrator sets the organization up, without an
 * account.
 *
 * Owns the pages below `/portal` and their cookie. Does not own links and sessions (features/enterprise/portal-links),
 * or what the parts change: each part is a file that translates forms into calls of a feature. A part is in the list
 * below, in `portalParts` of the contract and in `pages/src/portal`. A request enters through `requests.ts`, which
 * finds the session and whether the operator offers the part.
 */
import type { Http } from '../http/types.ts';
import { auditLogRoutes } from './audit-log.ts';
import { directoryRoutes } from './directory.ts';
import { domainRoutes } from './domains.ts';
import { invitationRoutes } from './invitations.ts';
import { memberRoutes } from './members.ts';
import { createPortalRoutes, type PortalNeeds } from './requests.ts';
import { ssoRoutes } from './sso.ts';
import { startRoutes } from './start.ts';

export { relayTestAnswers } from './relay.ts';

export function portalRoutes(http: Http, needs: PortalNeeds): void {
  const routes = createPortalRoutes(http, needs);
  startRoutes(routes); // /portal, /portal/start, /portal/close
  domainRoutes(routes); // …/domains
  ssoRoutes(routes); // …/sso
  directoryRoutes(routes); // …/directory
  memberRoutes(routes); // …/members
  invitationRoutes(routes); // …/invitations
  auditLogRoutes(routes); // …/audit-logs
}
