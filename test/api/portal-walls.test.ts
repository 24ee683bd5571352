import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { portalParts } from '@aldaba/contract';
import fc from 'fast-check';
import type { Company } from '../support/company.ts';
import type { Manager } from '../support/management.ts';
import { openPortal, type PortalVisitor } from '../support/portal.ts';
import { listPortalRoutes, type PortalRoute, portalPathWith } from '../support/portal-routes.ts';
import { addConnection, newSsoOrganization, oidcFields, runTest, startSsoPortal } from '../support/portal-sso.ts';
import { directoryOf, person } from '../support/scim.ts';
import type { TestServer } from '../support/server.ts';

const routes = listPortalRoutes();
const ofParts = routes.filter(({ part }) => part !== undefined);

/** What an organization has, by the names of the parameters of the routes. */
type Things = Record<'domain' | 'connectorId' | 'tokenId' | 'groupId' | 'userId' | 'invitationId', string>;

describe('Walls of the portal', () => {
  let server: TestServer;
  let operator: Manager;
  let acme: Company;
  let close: () => Promise<void>;
  before(async () => {
    ({ server, operator, acme, close } = await startSsoPortal());
  });
  after(() => close?.());

  let number = 0;
  const post = async (path: string, body: object) => {
    const reply = await operator.post(path, body);
    assert.ok(reply.status < 300, `${path}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  /** An organization with something of every part. Its names contain `mark`. */
  const furnish = async (mark: string) => {
    number += 1;
    const { id, path, domain, portal } = await newSsoOrganization(server, operator, {
      invitationUrl: 'https://app.example.com/join',
    });
    await operator.patch(path, { name: `${mark} company` });
    const draft = {
      username: `person_${number}`,
      name: `${mark} person`,
      primaryEmail: `person${number}@mail.example`,
    };
    const { id: userId } = await post('/api/users', draft);
    await post(`${path}/users`, { userIds: [userId] });
    const invitee = `${mark.toLowerCase()}-guest@mail.example`;
    const invitation = { invitee, organizationId: id, expiresAt: Date.now() + 3_600_000 };
    const { id: invitationId } = await post('/api/organization-invitations', invitation);
    const { id: tokenId } = await post(`${path}/scim/tokens`, { name: `${mark} token` });
    const directory = await directoryOf(operator, server.tenant.baseUrl, id);
    await directory.post('/Users', person(`${mark.toLowerCase()}@${domain}`));
    const group = await directory.post('/Groups', { displayName: `${mark} group` });
    acme.people.set('ada', { sub: 'ada', email: `ada@${domain}`, email_verified: true, groups: [`${mark} engineers`] });
    const connectorId = await addConnection(portal, 'OIDC');
    await portal.post(`/sso/${connectorId}`, oidcFields(acme, { name: `${mark} provider` }));
    await runTest(portal, connectorId, acme, 'ada');
    const things: Things = { domain, connectorId, tokenId, groupId: group.body.id, userId, invitationId };
    return { id, path, things, mark, portal };
  };
  /** Rows of all tables that have one of these values and not `unless`. */
  const rowsWith = async (values: readonly string[], unless: string) => {
    // Entries of the audit log are written late, but before they are listed.
    await operator.get('/api/logs');
    const tables = await server.tenant.db.raw<{ name: string }>(
      `select table_name as name from information_schema.columns
       where table_schema = 'aldaba' and column_name = 'tenant_id' and table_name not like 'logs_%' order by 1`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await server.tenant.db.raw<{ row: string }>(
        `select t::text as row from ${name} t where tenant_id = $1
           and exists (select from unnest($2::text[]) v where strpos(t::text, v) > 0) and strpos(t::text, $3) = 0
         order by 1`,
        [server.tenant.id, values, unless],
      );
      found.push(...rows.map(({ row }) => `${name} ${row}`));
    }
    return found;
  };

  it('knows every route of the portal', () => {
    assert.ok(ofParts.length >= 30, `${ofParts.length}`);
    for (const part of portalParts) assert.ok(ofParts.some((route) => route.part === part && route.method === 'GET'));
    const others = routes.filter(({ part }) => part === undefined).map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(others.sort(), ['GET ', 'GET /start', 'POST /close', 'POST /start']);
  });

  // security: portal-sessions
  it('reaches nothing of another organization, of the operator or of the tenant, whatever a request names', async () => {
    const [mine, theirs] = [await furnish('Mine'), await furnish('Theirs')];
    const loner = await post('/api/users', { username: 'loner', name: 'Theirs loner' });
    const operators = await post('/api/sso-connectors', {
      providerName: 'OIDC',
      connectorName: 'Theirs operator',
      config: acme.config,
    });
    const token = await post('/api/scim/tokens', { name: 'Theirs tenant' });
    const directory = await directoryOf(operator, server.tenant.baseUrl);
    const group = await directory.post('/Groups', { displayName: 'Theirs tenant group' });
    const foreign: Partial<Things> = {
      ...{ userId: loner.id, connectorId: operators.id, tokenId: token.id, groupId: group.body.id },
    };
    // A claim of their domain lets mine ask for a code, by mail to its postmaster.
    const { domain: _, ...theirThings } = theirs.things;
    const values = [theirs.id, ...Object.values(theirThings), ...Object.values(foreign)];
    const before = await rowsWith(values, mine.id);
    assert.ok(before.length > 12, before.join('\n'));

    const owned = fc.constantFrom('theirs', 'foreign', 'mine', 'hostile');
    const hostile = "x' or '1'='1";
    const namedBy = (owner: string, name: string): string => {
      const key = name as keyof Things;
      if (owner === 'hostile') return hostile;
      return (owner === 'mine' ? mine.things : owner === 'foreign' ? foreign : theirs.things)[key] ?? hostile;
    };
    const fields = fc.record(
      {
        id: fc.constantFrom(theirs.things.invitationId, theirs.things.userId, theirs.id),
        organizationId: fc.constant(theirs.id),
        name: fc.constantFrom('New name', ''),
        q: fc.constantFrom('Theirs', '%', ''),
        page: fc.constantFrom('1', '2', '-1'),
        domain: fc.constantFrom(theirs.things.domain, 'free.example', ''),
        email: fc.constantFrom('ada@free.example', 'nobody'),
        provider: fc.constantFrom('SAML', 'GoogleWorkspace', 'none'),
        issuer: fc.constantFrom(acme.issuer, 'http://10.0.0.1'),
        clientId: fc.constant(acme.config.clientId),
        attribute: fc.constant('groups'),
        value: fc.constant('Mine engineers'),
        role: fc.constantFrom('', 'none'),
        revision: fc.constant('0'),
        now: fc.constant('yes'),
        code: fc.constant('000000000000'),
        token: fc.constant(theirs.things.tokenId),
      },
      { requiredKeys: [] },
    );
    const asked = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ofParts), owned, fields, async (route, owner, sent) => {
        const given = JSON.parse(JSON.stringify(sent)) as Record<string, string>;
        const path = portalPathWith(route, (name) => namedBy(owner, name));
        // A domain may be claimed by several organizations; the one of mine is another row.
        const isForeign = owner !== 'mine' && /:(?!domain)/.test(route.path);
        const answer = await (route.method === 'GET'
          ? mine.portal.get(`${path}?${new URLSearchParams(given)}`)
          : mine.portal.post(path, given));
        const what = `${route.method} ${path} ${JSON.stringify(given)}: ${answer.status}`;
        asked.add(`${route.method} ${route.path}`);
        assert.ok(answer.status < 500, what);
        if (isForeign) assert.ok([400, 403, 404, 422, 303].includes(answer.status), what);
        const html = await answer.text();
        assert.doesNotMatch(html, /Theirs (company|person|token|group|provider|engineers|loner|operator|tenant)/, what);
        assert.ok(!html.includes('theirs-guest@') && !html.includes(acme.config.clientSecret), what);
      }),
      { numRuns: ofParts.length * 12 },
    );
    assert.ok(asked.size > ofParts.length * 0.9, `${asked.size} of ${ofParts.length}`);
    assert.deepEqual(await rowsWith(values, mine.id), before);
    const home = await (await theirs.portal.get('/members')).text();
    assert.match(home, /Theirs person/);
  });

  /** A route with what it takes of an organization. */
  const pathOf = (route: PortalRoute, things: Things) => portalPathWith(route, (name) => things[name as keyof Things]);
  /** Fields with which the forms of all routes change something. */
  const fieldsFor = ({ invitationId }: Things): Record<string, string> => ({
    ...{ id: invitationId, domain: 'added.example', email: 'added@mail.example', provider: 'OIDC', name: 'Changed' },
    ...{ attribute: 'groups', value: 'added', role: '', revision: '0', now: 'yes' },
    ...oidcFields(acme),
  });
  const send = ({ get, post: submit }: PortalVisitor, route: PortalRoute, things: Things) =>
    route.method === 'GET' ? get(pathOf(route, things)) : submit(pathOf(route, things), fieldsFor(things));

  // security: portal-sessions
  it('has no route of a part that the link does not offer', async () => {
    const { id, path, things } = await furnish('Parted');
    const everything = () => rowsWith([id], 'nothing');
    for (const part of portalParts) {
      const others = portalParts.filter((each) => each !== part);
      const portal = await openPortal(server.url, operator, path, { parts: others });
      const before = await everything();
      for (const route of ofParts.filter((each) => each.part === part)) {
        const answer = await send(portal, route, things);
        assert.equal(answer.status, 404, `${route.method} ${route.path}`);
        assert.doesNotMatch(await answer.text(), /Parted (person|token|group|provider|engineers)/, route.path);
      }
      const isSeen = (row: string) => row.startsWith('portal_links ');
      const changed = (rows: string[]) => rows.filter((row) => !isSeen(row));
      assert.deepEqual(changed(await everything()), changed(before), part);
      const alone = await openPortal(server.url, operator, path, { parts: [part] });
      for (const route of ofParts.filter((each) => each.part === part && each.method === 'GET')) {
        const answer = await alone.get(pathOf(route, things));
        const isAnswer = route.path.endsWith('/answer');
        assert.equal(answer.status < 400, !isAnswer, `${route.path}: ${answer.status}`);
      }
    }
  });

  // security: portal-sessions
  it('changes nothing by a request unless it is a form of its own pages', async () => {
    const { id, path, things, portal } = await furnish('Safe');
    const rows = async () => (await rowsWith([id], 'nothing')).filter((row) => !row.startsWith('portal_links '));
    const before = await rows();
    for (const route of ofParts) {
      const at = pathOf(route, things);
      if (route.method === 'GET') {
        await portal.get(at);
        await portal.get(at, { origin: 'https://evil.example.com', 'sec-fetch-site': 'cross-site' });
        continue;
      }
      for (const from of [
        { origin: 'https://evil.example.com' },
        { origin: 'null' },
        { origin: `${server.url}.evil.example.com` },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ] as Record<string, string>[]) {
        const answer = await portal.post(at, fieldsFor(things), from);
        assert.equal(answer.status, 403, `${at} ${JSON.stringify(from)}`);
      }
      const body = new URLSearchParams(fieldsFor(things));
      const headers = { accept: 'text/html', origin: server.url };
      const anonymous = await fetch(`${server.url}/portal${at}`, { method: 'POST', body, headers });
      assert.equal(anonymous.status, 403, at);
    }
    assert.deepEqual(await rows(), before);
    assert.equal((await operator.get(`${path}/users`)).status, 200);
  });

  // security: portal-sessions
  it('takes the bytes of a large form from a session alone', { timeout: 30_000 }, async () => {
    const unsent = async (path: string, bytes: number) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': bytes };
      const request = requestHttp(`${server.url}${path}`, { method: 'POST', headers });
      request.on('error', () => undefined);
      request.flushHeaders();
      // None of the bytes follows, so an answer means that the server has not waited for them.
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      request.destroy();
      return answer.statusCode;
    };
    assert.equal(await unsent('/portal/sso/any', 1_000_000), 403);
    assert.equal(await unsent('/portal/sso/any/answer', 300_000), 403);
  });
});
