/** `/portal/invitations`: people who are to join the organization. */
import { AldabaError } from '../kernel/errors.ts';
import { chosenRoles } from './members.ts';
import type { PortalRequest, PortalRoutes } from './requests.ts';

/** Milliseconds that an invitation can be accepted. */
const lifetime = 7 * 86_400_000;

/** The operator's page, told which invitation to accept. */
function withId(url: string, id: string): string {
  const link = new URL(url);
  link.searchParams.set('invitation_id', id);
  return link.href;
}

export function invitationRoutes({ needs, get, post }: PortalRoutes): void {
  const { organizationAdministration: administration } = needs;
  const show = async (page: PortalRequest, failure?: AldabaError) => {
    const { db } = page.request.tenant;
    const { organizationId, invitationUrl } = page.session;
    const pending = (await administration.listInvitations(db, organizationId)).filter(
      ({ status }) => status === 'Pending',
    );
    const chosen = new Set(failure ? chosenRoles(page) : []);
    const roles = (await administration.listRoles(db, page.administrator)).map(({ id, name, description }) => ({
      ...{ id, name, isChosen: chosen.has(id) },
      ...(description === null ? {} : { description }),
    }));
    const invitations = pending.map(({ id, invitee, expiresAt, organizationRoles }) => {
      return { id, invitee, expiresAt, roles: organizationRoles.map(({ name }) => name) };
    });
    const typed = failure ? { typed: page.field('email') } : {};
    const isOpen = invitationUrl !== undefined;
    return page.show({ part: 'invitations', invitations, roles, isOpen, ...typed }, failure);
  };
  get('/invitations', 'invitations', (page) => show(page));
  post(
    '/invitations',
    'invitations',
    async (page) => {
      const { invitationUrl } = page.session;
      if (invitationUrl === undefined) throw new AldabaError('request.not_found');
      await administration.invite(page.request.tenant, page.administrator, {
        invitee: page.field('email').trim(),
        expiresAt: needs.clock.now() + lifetime,
        organizationRoleIds: chosenRoles(page),
        message: (id) => ({ link: withId(invitationUrl, id), locale: page.language }),
      });
      page.go('/invitations', 'invited');
    },
    show,
  );
  post(
    '/invitations/revoke',
    'invitations',
    async (page) => {
      await administration.revokeInvitation(page.request.tenant.db, page.administrator, page.field('id'));
      page.go('/invitations', 'revoked');
    },
    show,
  );
}
