import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser, type Visitor } from '../../support/browser.ts';
import { type HostedSignIn, openHostedSignIn } from '../../support/hosted-sign-in.ts';
import { type Keycloak, signInAtKeycloak, signOutOfKeycloak, startKeycloak } from '../../support/keycloak.ts';
import { arrivalAt, type Landing, startLanding } from '../../support/landing.ts';

const email = 'ada@acme.example';
const password = 'the password at Acme';
const clientSecret = 'a secret that Acme and we share';

/** The directory of the company, as an import file of Keycloak has it. */
const realm = {
  realm: 'acme',
  enabled: true,
  sslRequired: 'none',
  groups: [{ name: 'engineers' }, { name: 'sales' }],
  users: [
    {
      ...{ username: 'ada', email, emailVerified: true, firstName: 'Ada', lastName: 'Acme', enabled: true },
      credentials: [{ type: 'password', value: password, temporary: false }],
      groups: ['/engineers'],
    },
  ],
};

/** An organization with one role for the group `engineers` and one that every member has. */
interface Mapped {
  organizationId: string;
  engineer: string;
  member: string;
}

interface Connector {
  id: string;
  providerConfig: { serviceProvider: { entityId: string; acsUrl: string; logoutUrl: string } };
}

describe('A company whose identity provider is Keycloak', () => {
  let keycloak: Keycloak;
  let hosted: HostedSignIn;
  let visitor: Visitor;
  before(async () => {
    keycloak = await startKeycloak(realm);
    hosted = await openHostedSignIn({ environment: { OUTBOUND_ALLOWED_HOSTS: 'localhost' } });
    await hosted.operator.configure({ singleSignOnEnabled: true });
  });
  after(async () => {
    await hosted?.close();
    await keycloak?.stop();
  });
  beforeEach(async () => {
    visitor = await openBrowser();
  });
  afterEach(() => visitor?.close());

  const call: HostedSignIn['operator']['call'] = (method, path, body) => hosted.operator.call(method, path, body);
  const addRole = async (name: string) =>
    (await call<{ id: string }>('POST', '/api/organization-roles', { name, type: 'User' })).id;
  const addOrganization = async (name: string): Promise<Mapped> => ({
    organizationId: (await call<{ id: string }>('POST', '/api/organizations', { name })).id,
    engineer: await addRole(`engineer of ${name}`),
    member: await addRole(`member of ${name}`),
  });
  /** New users of the connector join the organization; the group decides about the role. */
  const mapTo = async (connectorId: string, { organizationId, engineer, member }: Mapped) => {
    const jit = `/api/organizations/${organizationId}/jit`;
    await call('POST', `${jit}/roles`, { organizationRoleIds: [member] });
    await call('POST', `${jit}/sso-connectors`, { ssoConnectorIds: [connectorId] });
    const mapping = { attribute: 'groups', value: 'engineers', organizationId, organizationRoleIds: [engineer] };
    await call('PATCH', `/api/sso-connectors/${connectorId}`, { syncProfile: true, roleMappings: [mapping] });
  };
  const users = () => call<{ id: string; primaryEmail: string; name: string }[]>('GET', '/api/users?page_size=100');
  const rolesOf = async (userId: string) => {
    type Joined = { id: string; organizationRoles: { id: string }[] }[];
    const [organization] = await call<Joined>('GET', `/api/users/${userId}/organizations`);
    return organization?.organizationRoles.map(({ id }) => id).sort();
  };
  const sessionsOf = async (userId: string) =>
    (await call<{ sessions: unknown[] }>('GET', `/api/users/${userId}/sessions`)).sessions.length;
  /** Resolves when the user has no session: the provider tells us while its own page is already there. */
  const untilSignedOut = async (userId: string) => {
    while ((await sessionsOf(userId)) > 0) await visitor.page.waitForTimeout(100);
  };
  /** From our first page to the page of the company. */
  const toCompany = async (page: Page) => {
    await hosted.start(page);
    await page.getByRole('link', { name: 'Single sign-on' }).click();
    await page.getByLabel('Email').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL((url) => url.href.startsWith(keycloak.issuer));
  };
  const signIn = async (page: Page) => {
    await toCompany(page);
    await signInAtKeycloak(page, 'ada', password);
    await hosted.arrives(page);
  };
  /** Everything that a directory changes about its user, and what becomes of it here. */
  const followsTheDirectory = async (mapped: Mapped, connectorId: string, name: [before: string, after: string]) => {
    await signIn(visitor.page);
    const [user, ...others] = await users();
    assert.ok(user);
    assert.deepEqual([others, user.primaryEmail, user.name], [[], email, name[0]]);
    assert.deepEqual(await rolesOf(user.id), [mapped.engineer, mapped.member].sort());
    const path = `/api/users/${user.id}/sso-identities/${connectorId}`;
    const { ssoIdentity } = await call<{ ssoIdentity: { issuer: string } }>('GET', path);
    assert.equal(ssoIdentity.issuer, keycloak.issuer);
    const id = await keycloak.userId('ada');
    const groups = await keycloak.call<{ id: string }[]>('GET', `/users/${id}/groups`);
    await keycloak.call('PUT', `/users/${id}`, { firstName: 'Augusta' });
    await keycloak.call('DELETE', `/users/${id}/groups/${groups[0]?.id}`);
    await visitor.close();
    visitor = await openBrowser();
    await signIn(visitor.page);
    assert.deepEqual(
      (await users()).map((each) => [each.id, each.name]),
      [[user.id, name[1]]],
    );
    assert.deepEqual(await rolesOf(user.id), [mapped.member], 'a lost group takes its role');
    await keycloak.call('PUT', `/users/${id}`, { firstName: 'Ada' });
    await keycloak.call('PUT', `/users/${id}/groups/${groups[0]?.id}`);
    return user.id;
  };
  const removeConnector = async (id: string) => {
    await call('DELETE', `/api/sso-connectors/${id}`);
    await hosted.operator.deleteUsers();
  };

  describe('by OpenID Connect', () => {
    let connector: Connector;
    let mapped: Mapped;
    before(async () => {
      mapped = await addOrganization('Acme by OpenID Connect');
      connector = await call<Connector>('POST', '/api/sso-connectors', {
        providerName: 'Keycloak',
        connectorName: 'Acme',
        domains: ['acme.example'],
        config: { issuer: keycloak.issuer, clientId: 'aldaba', clientSecret },
      });
      await mapTo(connector.id, mapped);
      const { url } = hosted.server;
      await keycloak.call('POST', '/clients', {
        ...{ clientId: 'aldaba', secret: clientSecret, protocol: 'openid-connect', publicClient: false },
        redirectUris: [`${url}/callback/${connector.id}`],
        attributes: {
          'pkce.code.challenge.method': 'S256',
          'backchannel.logout.url': `${url}/api/authn/single-sign-on/oidc/${connector.id}/backchannel-logout`,
          'backchannel.logout.session.required': 'true',
        },
        protocolMappers: [
          {
            ...{ name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper' },
            config: { 'claim.name': 'groups', 'full.path': 'false', 'id.token.claim': 'true' },
          },
        ],
      });
    });
    after(() => removeConnector(connector.id));

    it('creates its users by the domain of their address, and follows their names and groups', async () => {
      await followsTheDirectory(mapped, connector.id, ['Ada Acme', 'Augusta Acme']);
    });

    it('passes the address on as its login hint', async () => {
      await toCompany(visitor.page);
      assert.equal(await visitor.page.locator('#username').inputValue(), email);
    });

    it('ends the sessions here when its user signs out there', async () => {
      await signIn(visitor.page);
      const [user] = await users();
      assert.ok(user && (await sessionsOf(user.id)) > 0);
      await signOutOfKeycloak(visitor.page, keycloak);
      await untilSignedOut(user.id);
      await hosted.start(visitor.page);
      await visitor.page.getByRole('link', { name: 'Single sign-on' }).waitFor();
    });

    it('ends the sessions here when its administrator signs the user out', async () => {
      await signIn(visitor.page);
      const [user] = await users();
      await keycloak.call('POST', `/users/${await keycloak.userId('ada')}/logout`);
      await untilSignedOut(user?.id ?? '');
    });
  });

  describe('by SAML', () => {
    let connector: Connector;
    let mapped: Mapped;
    let portal: Landing;
    before(async () => {
      mapped = await addOrganization('Acme by SAML');
      // As an operator does it: the connector first, then our metadata at Keycloak, then its metadata here.
      const draft = { providerName: 'SAML', connectorName: 'Acme', domains: ['acme.example'] };
      connector = await call<Connector>('POST', '/api/sso-connectors', draft);
      const { url } = hosted.server;
      const own = await (await fetch(`${url}/api/authn/single-sign-on/saml/${connector.id}/metadata`)).text();
      type Client = { attributes: Record<string, string> };
      const client = await keycloak.call<Client>('POST', '/client-description-converter', own);
      const property = (name: string, from: string) => ({
        ...{ name, protocol: 'saml', protocolMapper: 'saml-user-property-mapper' },
        config: { 'user.attribute': from, 'attribute.name': name, 'attribute.nameformat': 'Basic' },
      });
      await keycloak.call('POST', '/clients', {
        ...client,
        frontchannelLogout: true,
        attributes: {
          ...client.attributes,
          'saml.client.signature': 'true',
          'saml.assertion.signature': 'true',
          'saml.encrypt': 'true',
          saml_idp_initiated_sso_url_name: 'aldaba',
        },
        protocolMappers: [
          property('email', 'email'),
          property('name', 'firstName'),
          {
            ...{ name: 'groups', protocol: 'saml', protocolMapper: 'saml-group-membership-mapper' },
            config: {
              'attribute.name': 'groups',
              'attribute.nameformat': 'Basic',
              'full.path': 'false',
              single: 'true',
            },
          },
        ],
      });
      await call('PATCH', `/api/sso-connectors/${connector.id}`, {
        config: { metadataUrl: `${keycloak.issuer}/protocol/saml/descriptor` },
      });
      await mapTo(connector.id, mapped);
      portal = await startLanding();
      const redirectUri = `${portal.url}/callback`;
      const application = await hosted.operator.addApplication({ type: 'Traditional', redirectUri });
      await call('PUT', `/api/sso-connectors/${connector.id}/idp-initiated-auth-config`, {
        defaultApplicationId: application.id,
        autoSendAuthorizationRequest: true,
      });
    });
    after(async () => {
      portal?.close();
      await removeConnector(connector.id);
    });

    it('takes signed requests, and its encrypted assertions create and change users', async () => {
      await followsTheDirectory(mapped, connector.id, ['Ada', 'Augusta']);
    });

    it('refuses a request that an attacker changed on the way', async () => {
      await hosted.start(visitor.page);
      const { page } = visitor;
      await page.getByRole('link', { name: 'Single sign-on' }).click();
      await page.getByLabel('Email').fill(email);
      const asked = page.waitForRequest((request) => request.url().startsWith(keycloak.issuer));
      await page.getByRole('button', { name: 'Continue' }).click();
      const address = new URL((await asked).url());
      address.searchParams.set('RelayState', 'another');
      await page.goto(address.href);
      await page.getByText('Invalid requester').waitFor();
    });

    it('starts the sign-in from its own portal', async () => {
      await visitor.page.goto(`${keycloak.issuer}/protocol/saml/clients/aldaba`);
      await signInAtKeycloak(visitor.page, 'ada', password);
      const arrival = await arrivalAt(visitor.page, `${portal.url}/callback`);
      assert.ok(arrival.searchParams.get('code'), arrival.href);
    });

    it('ends the sessions here when its user signs out there, and gets our answer', async () => {
      await signIn(visitor.page);
      const [user] = await users();
      assert.ok(user && (await sessionsOf(user.id)) > 0);
      await signOutOfKeycloak(visitor.page, keycloak);
      await visitor.page.getByRole('heading', { name: 'You are logged out' }).waitFor();
      assert.equal(await sessionsOf(user.id), 0);
      await toCompany(visitor.page);
      await visitor.page.locator('#password').waitFor();
    });
  });
});
