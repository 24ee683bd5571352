import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Company, startCompany } from '../support/company.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { type Manager, manage } from '../support/management.ts';
import { openPortal } from '../support/portal.ts';
import { listPortalRoutes } from '../support/portal-routes.ts';
import { addConnection, newSsoOrganization, oidcFields, runTest } from '../support/portal-sso.ts';
import { startReceiver } from '../support/receiver.ts';
import { directoryOf } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('The audit log of a portal', () => {
  let server: TestServer;
  let operator: Manager;
  let acme: Company;
  let mailbox: Mailbox;
  const dns = new Map<string, string[][]>();
  before(async () => {
    acme = await startCompany();
    mailbox = await openMailbox();
    server = await startServer({
      world: { resolveTxt: async (name) => dns.get(name) ?? [] },
      environment: { ...mailbox.environment, OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' },
    });
    operator = await manage(server);
    const { config } = mailbox as unknown as { config: { templates: object[] } };
    const invitation = {
      usageType: 'OrganizationInvitation',
      contentType: 'text/plain',
      subject: 'J',
      content: '{{link}}',
    };
    await operator.post('/api/connectors', {
      connectorId: 'simple-mail-transfer-protocol',
      config: { ...config, templates: [...config.templates, invitation] },
    });
    await operator.patch('/api/sign-in-exp', { singleSignOnEnabled: true });
  });
  after(async () => {
    await server?.close();
    await Promise.all([acme?.close(), mailbox?.close()]);
  });

  /** An organization with its portal, and forms that are compared with the entries that they add. */
  const prepare = async () => {
    const { id: organizationId } = (await operator.post('/api/organizations', { name: 'Acme' })).body;
    const path = `/api/organizations/${organizationId}`;
    const { body: user } = await operator.post('/api/users', { username: 'ada', name: 'Ada' });
    await operator.post(`${path}/users`, { userIds: [user.id] });
    const { body: role } = await operator.post('/api/organization-roles', { name: 'Editor' });
    const directory = await directoryOf(operator, server.tenant.baseUrl, organizationId);
    const group = (await directory.post('/Groups', { displayName: 'Engineers' })).body.id;
    const portal = await openPortal(server.url, operator, path, { invitationUrl: 'https://app.example.com/join' });
    /** Sends a form; returns the events that it added to the log, the newest first. */
    const known = new Set<string>();
    const news = async () => {
      const { body } = await operator.get(`/api/logs?organizationId=${organizationId}&page_size=100`);
      const added = body.filter(({ id }: { id: string }) => !known.has(id));
      for (const { id } of added) known.add(id);
      return added as { key: string; payload: { params: { portalLinkId?: string }; organizationId?: string } }[];
    };
    await news();
    const covered = new Set<string>();
    const sends = async (route: string, at: string, fields: Record<string, string>, event: string | undefined) => {
      covered.add(`POST ${route}`);
      const answer = await portal.post(at, fields);
      assert.ok(answer.status < 400, `${route}: ${answer.status} ${answer.status < 400 ? '' : await answer.text()}`);
      const added = await news();
      assert.deepEqual(
        added.map(({ key }) => key),
        event === undefined ? [] : [event],
        route,
      );
      for (const { payload } of added)
        assert.deepEqual(
          [payload.organizationId, payload.params.portalLinkId],
          [organizationId, portal.link.id],
          route,
        );
      return answer;
    };

    return { organizationId, path, user, role, group, portal, news, covered, sends };
  };
  type Prepared = Awaited<ReturnType<typeof prepare>>;

  const useDomains = async ({ path, sends }: Prepared) => {
    await sends('/domains', '/domains', { domain: 'acme.example' }, 'Organization.AddDomain');
    const { record } = (await operator.get(`${path}/domains/acme.example`)).body;
    dns.set(record.name, [[record.value]]);
    await sends('/domains/:domain/check', '/domains/acme.example/check', {}, 'Organization.VerifyDomain');
    await sends('/domains', '/domains', { domain: 'mail.example' }, 'Organization.AddDomain');
    await sends('/domains/:domain/send', '/domains/mail.example/send', {}, 'Organization.SendDomainCode');
    const code = await mailbox.codeTo('postmaster@mail.example');
    await sends('/domains/:domain/code', '/domains/mail.example/code', { code }, 'Organization.VerifyDomain');
    await sends('/domains/:domain/remove', '/domains/mail.example/remove', {}, 'Organization.RemoveDomain');
  };
  const useSso = async ({ role, portal, news, covered, sends }: Prepared) => {
    await sends('/sso', '/sso', { provider: 'OIDC' }, 'Organization.AddSsoConnector');
    const [{ id: sso }] = (await operator.get('/api/sso-connectors')).body;
    const at = `/sso/${sso}`;
    await sends('/sso/:connectorId', at, oidcFields(acme), 'Organization.ChangeSsoConnector');
    // A test is entered when its answer arrives.
    await sends('/sso/:connectorId/test', `${at}/test`, {}, undefined);
    acme.people.set('ada', { sub: 'ada', email: 'ada@acme.example', email_verified: true });
    await runTest(portal, sso, acme, 'ada');
    const [tested] = await news();
    assert.deepEqual(
      [tested?.key, tested?.payload.params.portalLinkId],
      ['Organization.TestSsoConnector', portal.link.id],
    );
    covered.add('POST /sso/:connectorId/answer');
    await sends('/sso/:connectorId/on', `${at}/on`, {}, 'Organization.TurnOnSsoConnector');
    await portal.post(at, oidcFields(acme, { scope: 'openid email' }));
    await news();
    await sends('/sso/:connectorId/discard', `${at}/discard`, {}, 'Organization.ChangeSsoConnector');
    const mapping = { attribute: 'groups', value: 'staff', role: role.id };
    await sends('/sso/:connectorId/group', `${at}/group`, mapping, 'Organization.MapSsoGroup');
    await sends('/sso/:connectorId/off', `${at}/off`, {}, 'Organization.TurnOffSsoConnector');
    await sends('/sso/:connectorId/remove', `${at}/remove`, {}, 'Organization.RemoveSsoConnector');
  };
  const useDirectory = async ({ path, role, group, sends }: Prepared) => {
    await sends('/directory/tokens', '/directory/tokens', { name: 'Okta' }, 'Scim.Token.Create');
    const tokens = (await operator.get(`${path}/scim/tokens`)).body;
    const token = `/directory/tokens/${tokens.at(-1).id}`;
    const tokenRoute = '/directory/tokens/:tokenId';
    await sends(`${tokenRoute}/rename`, `${token}/rename`, { name: 'Entra' }, 'Scim.Token.Update');
    await sends(`${tokenRoute}/rotate`, `${token}/rotate`, { revision: '0' }, 'Scim.Token.Rotate');
    await sends(`${tokenRoute}/remove`, `${token}/remove`, {}, 'Scim.Token.Delete');
    const groupAt = `/directory/groups/${group}`;
    await sends('/directory/groups/:groupId', groupAt, { role: role.id }, 'Scim.Group.Map');
  };
  const useMembers = async ({ organizationId, user, role, sends }: Prepared) => {
    const roles = { [`role.${role.id}`]: 'yes' };
    await sends('/members/:userId/roles', `/members/${user.id}/roles`, roles, 'Organization.ChangeRoles');
    await sends('/members/:userId/remove', `/members/${user.id}/remove`, {}, 'Organization.RemoveMember');
    await sends('/invitations', '/invitations', { email: 'guest@mail.example' }, 'Organization.Invite');
    const [{ id }] = (await operator.get(`/api/organization-invitations?organizationId=${organizationId}`)).body;
    await sends('/invitations/revoke', '/invitations/revoke', { id }, 'Organization.RevokeInvitation');
  };

  it('is followed by webhooks when a portal opens, and single sign-on is switched on and off', async () => {
    const receiver = await startReceiver();
    try {
      const expected = [
        'OrganizationPortal.Opened',
        'OrganizationSsoConnector.TurnedOn',
        'OrganizationSsoConnector.TurnedOff',
      ];
      await operator.post('/api/hooks', { name: 'Portal', events: expected, config: { url: receiver.url } });
      const { id: organizationId, domain, portal } = await newSsoOrganization(server, operator);
      const heard = async (event: string) => {
        const isMeant = ({ body }: { body: string }) => {
          const told = JSON.parse(body);
          return told.event === event && told.organizationId === organizationId;
        };
        return JSON.parse((await receiver.next(isMeant)).body);
      };
      assert.equal((await heard('OrganizationPortal.Opened')).portalLinkId, portal.link.id);
      acme.people.set('ada', { sub: 'ada', email: `ada@${domain}`, email_verified: true });
      for (const end of ['off', 'remove']) {
        const id = await addConnection(portal, 'OIDC');
        await portal.post(`/sso/${id}`, oidcFields(acme));
        await runTest(portal, id, acme, 'ada');
        for (const [at, event] of [
          ['on', 'OrganizationSsoConnector.TurnedOn'],
          [end, 'OrganizationSsoConnector.TurnedOff'],
        ]) {
          assert.equal((await portal.post(`/sso/${id}/${at}`)).status, 303);
          assert.deepEqual([(await heard(event ?? '')).ssoConnectorId, at], [id, at]);
        }
      }
    } finally {
      await receiver.close();
    }
  });

  it('has an entry for every form, with the organization and the link', async () => {
    const prepared = await prepare();
    await useDomains(prepared);
    await useSso(prepared);
    await useDirectory(prepared);
    await useMembers(prepared);
    const { path, covered, sends } = prepared;
    await sends('/close', '/close', {}, 'Organization.ClosePortal');

    const forms = listPortalRoutes().filter(({ method, path: at }) => method === 'POST' && at !== '/start');
    assert.deepEqual([...covered].sort(), forms.map(({ method, path: at }) => `${method} ${at}`).sort());
    const shown = await openPortal(server.url, operator, path, { locale: 'en' });
    const activity = await (await shown.get('/audit-logs')).text();
    for (const words of ['Portal closed', 'Invitation revoked', 'Roles changed'])
      assert.ok(activity.includes(words), words);
  });
});
