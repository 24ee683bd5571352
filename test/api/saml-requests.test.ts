import assert from 'node:assert/strict';
import { createSign } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { type Agent, createAgent } from '../support/agent.ts';
import { movableClock } from '../support/clock.ts';
import { experienceOf } from '../support/experience-page.ts';
import { type Manager, manage } from '../support/management.ts';
import { createPartner, follow, formOf, profileOf, type SamlPartner, signInTo } from '../support/saml-partner.ts';
import { type FactorWorld, password as factorPassword, openFactorWorld } from '../support/second-factors.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ada = { username: 'ada', password: 'correct horse battery 1' };
const classes = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';
const password = `${classes}PasswordProtectedTransport`;
const mfa = 'https://refeds.org/profile/mfa';

interface Wish {
  /** Attributes of the request. */
  attributes?: string;
  /** Elements of the request. */
  content?: string;
  id?: string;
  applicationId?: string;
}

describe('Requests of SAML applications', () => {
  const clock = movableClock();
  let server: TestServer;
  let api: Manager;
  let partner: SamlPartner;
  let userId: string;
  let id: string;
  before(async () => {
    server = await startServer({ world: { clock } });
    api = await manage(server);
    partner = await createPartner(server.url);
    userId = (await api.post('/api/users', { ...ada, primaryEmail: 'ada@example.com' })).body.id;
    const draft = { name: 'Payroll', entityId: partner.entityId, acsUrl: partner.acsUrl };
    id = (await api.post('/api/saml-applications', draft)).body.id;
  });
  after(() => server.close());

  let counter = 0;
  const newId = () => {
    counter += 1;
    return `_request-${counter}`;
  };
  const xmlOf = ({ attributes = '', content = '', id: requestId = newId(), applicationId = id }: Wish = {}) =>
    `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"` +
    ` ID="${requestId}" Version="2.0" IssueInstant="${new Date(clock.now()).toISOString()}"` +
    ` Destination="${server.url}/api/saml/${applicationId}/authn"${attributes}>` +
    `<saml:Issuer>${partner.entityId}</saml:Issuer>${content}</samlp:AuthnRequest>`;
  const addressOf = (xml: string, applicationId = id) =>
    `${server.url}/api/saml/${applicationId}/authn?SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`;
  const context = (comparison: string, ...names: string[]) =>
    `<samlp:RequestedAuthnContext Comparison="${comparison}">${names
      .map((name) => `<saml:AuthnContextClassRef>${name}</saml:AuthnContextClassRef>`)
      .join('')}</samlp:RequestedAuthnContext>`;
  const responseIn = (fields: Record<string, string>) => {
    const xml = Buffer.from(fields.SAMLResponse ?? '', 'base64').toString();
    return {
      xml,
      status: [...xml.matchAll(/StatusCode Value="[^"]*:status:(\w+)"/g)].map(([, name]) => name),
      context: /AuthnContextClassRef>([^<]*)</.exec(xml)?.[1],
      inResponseTo: /InResponseTo="([^"]*)"/.exec(xml)?.[1],
    };
  };
  const signIn = async (wish: Wish = {}, agent = createAgent()) => {
    const form = await signInTo(server.url, { url: addressOf(xmlOf(wish)) }, { ...ada, agent });
    return { ...form, ...responseIn(form.fields) };
  };
  /** Opens the request in a browser and expects an answer without a page for the user. */
  const answered = async (wish: Wish, agent = createAgent()) => {
    const { answer } = await follow(agent, addressOf(xmlOf(wish)));
    const form = await formOf(answer);
    return { ...form, ...responseIn(form.fields) };
  };
  const refusal = async (url: string, init?: RequestInit) => {
    // The audit log keeps 20 refusals of a minute.
    clock.ahead += 10_000;
    const { status } = await createAgent().fetch(url, init);
    const { body } = await api.get('/api/logs?logKey=SamlApplication.AuthnRequest&page_size=1');
    return [status, String(body[0]?.payload.error).split(':')[0]];
  };
  const change = async (settings: object, run: () => Promise<void>) => {
    const path = `/api/saml-applications/${id}`;
    const { body: before } = await api.get(path);
    assert.equal((await api.patch(path, settings)).status, 200);
    try {
      await run();
    } finally {
      const kept = Object.fromEntries(Object.keys(settings).map((name) => [name, before[name]]));
      await api.patch(path, kept);
    }
  };

  describe('choose the address of the response', () => {
    const reports = 'https://partner.example.com/reports/acs';
    const mobile = 'https://partner.example.com/mobile/acs';
    const settings = () => ({
      additionalAcsUrls: [
        { index: 1, url: reports },
        { index: 7, url: mobile },
      ],
    });

    // security: saml-reply-address
    it('among the registered ones, by URL or by index, and no other', () =>
      change(settings(), async () => {
        const agent = createAgent();
        const to = async (attributes: string) => (await signIn({ attributes }, agent)).action;
        assert.equal(await to(''), partner.acsUrl);
        assert.equal(await to(` AssertionConsumerServiceURL="${mobile}"`), mobile);
        assert.equal(await to(' AssertionConsumerServiceIndex="0"'), partner.acsUrl);
        assert.equal(await to(' AssertionConsumerServiceIndex="1"'), reports);
        const { xml } = await signIn({ attributes: ' AssertionConsumerServiceIndex="7"' }, agent);
        assert.match(xml, new RegExp(`Destination="${mobile}"`));
        assert.match(xml, new RegExp(`Recipient="${mobile}"`));
        for (const wrong of [
          ' AssertionConsumerServiceIndex="2"',
          ' AssertionConsumerServiceIndex="01"',
          ` AssertionConsumerServiceURL="${mobile}/"`,
          ' AssertionConsumerServiceURL="https://evil.example.com/"',
        ])
          assert.deepEqual(await refusal(addressOf(xmlOf({ attributes: wrong }))), [400, 'recipient_mismatch'], wrong);
        const both = ` AssertionConsumerServiceURL="${mobile}" AssertionConsumerServiceIndex="7"`;
        assert.deepEqual(await refusal(addressOf(xmlOf({ attributes: both }))), [400, 'unexpected_structure']);
      }));

    it('with the default address under another index, as metadata may have it', () =>
      change({ additionalAcsUrls: [{ index: 0, url: reports }] }, async () => {
        const agent = createAgent();
        assert.equal((await signIn({ attributes: ' AssertionConsumerServiceIndex="0"' }, agent)).action, reports);
        assert.equal((await signIn({}, agent)).action, partner.acsUrl);
      }));

    // security: saml-reply-address
    it('and get no response at an address that was removed while the user signed in', async () => {
      const agent = createAgent();
      let back = '';
      await change(settings(), async () => {
        const fetchUntil: Agent['fetch'] = async (url, init) => {
          if (!url.includes('/callback?')) return agent.fetch(url, init);
          back = url;
          return new Response('<form action="x"><input type="hidden" name="a" value="b">');
        };
        const url = addressOf(xmlOf({ attributes: ' AssertionConsumerServiceIndex="7"' }));
        await signInTo(server.url, { url }, { ...ada, agent: { ...agent, fetch: fetchUntil } });
      });
      assert.equal((await agent.fetch(back)).status, 400);
    });

    it('which the Management API checks', async () => {
      const path = `/api/saml-applications/${id}`;
      for (const additionalAcsUrls of [
        [{ index: 1, url: 'javascript:alert(1)' }],
        [{ index: -1, url: mobile }],
        [
          { index: 1, url: mobile },
          { index: 1, url: reports },
        ],
      ])
        assert.equal((await api.patch(path, { additionalAcsUrls })).status, 400);
      const { status } = await api.post('/api/saml-applications', { name: 'x', ...settings() });
      assert.equal(status, 400, 'without a default address');
    });
  });

  describe('ask how the user signed in', () => {
    it('and learn it, as far as the sign-in satisfies them', async () => {
      const agent = createAgent();
      for (const [content, expected] of [
        ['', password],
        [context('exact', password), password],
        [context('exact', `${classes}X509`, `${classes}Password`), `${classes}Password`],
        [context('minimum', `${classes}unspecified`), `${classes}unspecified`],
        [context('minimum', `${classes}Password`), `${classes}Password`],
        [context('maximum', password), password],
        [context('maximum', `${classes}unspecified`), `${classes}unspecified`],
        [context('better', `${classes}unspecified`), password],
      ] as const) {
        const { status, context: told } = await signIn({ content }, agent);
        assert.deepEqual([status, told], [['Success'], expected], content);
      }
    });

    it('and get NoAuthnContext for what no sign-in has, before the user sees a page', async () => {
      for (const content of [
        context('exact', `${classes}X509`),
        context('exact', `${classes}Kerberos`, `${classes}SmartcardPKI`),
        context('minimum', `${classes}X509`),
        context('better', mfa),
        context('exact'),
        '<samlp:RequestedAuthnContext><saml:AuthnContextDeclRef>urn:x</saml:AuthnContextDeclRef></samlp:RequestedAuthnContext>',
      ])
        assert.deepEqual((await answered({ content })).status, ['Responder', 'NoAuthnContext'], content);
      const unknown = addressOf(xmlOf({ content: context('about', password) }));
      assert.deepEqual(await refusal(unknown), [400, 'unexpected_structure']);
    });

    it('and get NoAuthnContext for a second factor that the user does not have', async () => {
      for (const content of [context('exact', mfa), context('minimum', mfa), context('better', password)]) {
        const { status, inResponseTo } = await signIn({ content, id: '_mfa' });
        assert.deepEqual([status, inResponseTo], [['Responder', 'NoAuthnContext'], '_mfa'], content);
      }
    });
  });

  it('are answered once with an assertion, also when the browser sends them again', async () => {
    const agent = createAgent();
    const url = addressOf(xmlOf());
    const first = await signInTo(server.url, { url }, { ...ada, agent });
    assert.deepEqual(responseIn(first.fields).status, ['Success']);
    const { answer } = await follow(agent, url);
    assert.equal(answer.status, 400);
    const { body } = await api.get('/api/logs?logKey=SamlApplication.Callback&page_size=1');
    assert.match(body[0].payload.error, /already_answered/);
  });

  it('get a status where they cannot be met', async () => {
    const artifact = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact';
    const kerberos = 'urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos';
    const unsupported = await answered({ attributes: ` ProtocolBinding="${artifact}"`, id: '_artifact' });
    assert.deepEqual(unsupported.status, ['Requester', 'UnsupportedBinding']);
    assert.deepEqual([unsupported.action, unsupported.inResponseTo], [partner.acsUrl, '_artifact']);
    assert.ok(!unsupported.xml.includes('<saml:Assertion'));
    const { body } = await api.get('/api/logs?logKey=SamlApplication.AuthnRequest&page_size=1');
    assert.deepEqual([body[0].payload.result, body[0].payload.error], ['Error', 'UnsupportedBinding']);
    const name = await answered({ content: `<samlp:NameIDPolicy Format="${kerberos}"/>` });
    assert.deepEqual(name.status, ['Requester', 'InvalidNameIDPolicy']);
    const agent = createAgent();
    await signIn({}, agent);
    const both = await answered({ attributes: ' ForceAuthn="true" IsPassive="true"' }, agent);
    assert.deepEqual(both.status, ['Responder', 'NoPassive'], 'also with a session');
    const passive = await answered({ attributes: ' IsPassive="1"', content: context('exact', password) }, agent);
    assert.deepEqual(passive.status, ['Success']);
  });

  // security: saml-requests
  it('are refused if a redirect is signed by a weak algorithm, or changed', () =>
    change({ requestCertificate: partner.keys.certificate }, async () => {
      const rsa = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
      const signed = (algorithm = rsa, hash = 'sha256', relayState = '') => {
        const query = [
          `SAMLRequest=${encodeURIComponent(deflateRawSync(xmlOf()).toString('base64'))}`,
          ...(relayState ? [`RelayState=${relayState}`] : []),
          `SigAlg=${encodeURIComponent(algorithm)}`,
        ].join('&');
        const signature = createSign(hash).update(query).sign(partner.keys.privateKey, 'base64');
        return `${server.url}/api/saml/${id}/authn?${query}&Signature=${encodeURIComponent(signature)}`;
      };
      const { answer } = await follow(createAgent(), signed());
      assert.equal(answer.status, 200, 'the sign-in page');
      const weak = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
      assert.deepEqual(await refusal(signed(weak, 'sha1')), [400, 'algorithm_not_allowed']);
      assert.deepEqual(await refusal(signed(weak)), [400, 'algorithm_not_allowed']);
      const hmac = 'http://www.w3.org/2000/09/xmldsig#hmac-sha1';
      assert.deepEqual(await refusal(signed(hmac)), [400, 'algorithm_not_allowed']);
      assert.deepEqual(await refusal(signed().replace(/SigAlg=[^&]+&/, '')), [400, 'not_signed']);
      assert.deepEqual(await refusal(signed().replace(/&SigAlg=.*/, '')), [400, 'not_signed']);
      const changed = signed(rsa, 'sha256', 'a').replace('RelayState=a', 'RelayState=b');
      assert.deepEqual(await refusal(changed), [400, 'signature_invalid']);
      const dropped = signed(rsa, 'sha256', 'a').replace('RelayState=a&', '');
      assert.deepEqual(await refusal(dropped), [400, 'signature_invalid']);
      const field = Buffer.from(xmlOf()).toString('base64');
      const form = { method: 'POST', body: new URLSearchParams({ SAMLRequest: field }) };
      assert.deepEqual(await refusal(`${server.url}/api/saml/${id}/authn`, form), [400, 'not_signed']);
      // An answer with a status would tell an unsigned request more than that it was refused.
      const unsigned = addressOf(xmlOf({ content: context('exact', `${classes}X509`) }));
      assert.deepEqual(await refusal(unsigned), [400, 'not_signed']);
    }));

  // security: saml-requests
  it('are refused with a document type in a form, and with a long RelayState', async () => {
    const url = `${server.url}/api/saml/${id}/authn`;
    const posted = (xml: string, relayState = '') => {
      const fields = { SAMLRequest: Buffer.from(xml).toString('base64'), RelayState: relayState };
      return refusal(url, { method: 'POST', body: new URLSearchParams(fields) });
    };
    const entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>';
    assert.deepEqual(await posted(`${entity}${xmlOf()}`), [400, 'forbidden_markup']);
    assert.deepEqual(await posted(xmlOf(), 'ñ'.repeat(257)), [400, 'message_too_large']);
    const long = `${addressOf(xmlOf())}&RelayState=${'x'.repeat(513)}`;
    assert.deepEqual(await refusal(long), [400, 'message_too_large']);
  });

  // security: saml-requests
  it('are refused at another application, and the addresses of a deleted one are gone', async () => {
    const draft = { name: 'Other', entityId: 'urn:other', acsUrl: 'https://other.example.com/acs' };
    const { id: other } = (await api.post('/api/saml-applications', draft)).body;
    assert.deepEqual(await refusal(addressOf(xmlOf(), other)), [400, 'issuer_mismatch']);
    const own = xmlOf({ applicationId: other }).replace(partner.entityId, 'urn:other');
    assert.deepEqual(await refusal(addressOf(own)), [400, 'issuer_mismatch']);
    await api.delete(`/api/saml-applications/${other}`);
    for (const path of [
      `/api/saml-applications/${other}/metadata`,
      `/api/saml-applications/${other}/callback?state=${'a'.repeat(21)}&code=x`,
      `/api/saml/${other}/authn?SAMLRequest=x`,
      `/api/saml/${other}/sign-in`,
      `/api/saml/${other}/logout?SAMLRequest=x`,
    ]) {
      const { status } = await createAgent().fetch(`${server.url}${path}`);
      assert.ok([400, 404].includes(status), `${path}: ${status}`);
    }
    assert.equal((await fetch(`${server.url}/api/saml-applications/${other}/metadata`)).status, 404);
  });

  // security: saml-requests
  it('find no application of another tenant, and no pending sign-in of one', async () => {
    const tenant = await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    const theirs = await manage(server, tenant);
    const draft = { name: 'Theirs', entityId: partner.entityId, acsUrl: 'https://theirs.example.com/acs' };
    const { id: other } = (await theirs.post('/api/saml-applications', draft)).body;
    for (const path of [
      `/api/saml-applications/${other}/metadata`,
      `/api/saml/${other}/sign-in`,
      `/api/saml/${other}/authn?SAMLRequest=x`,
      `/api/saml/${other}/logout?SAMLRequest=x`,
    ])
      assert.equal((await createAgent().fetch(`${server.url}${path}`)).status, 404, path);
    assert.equal((await api.get(`/api/saml-applications/${other}/secrets`)).status, 404);
    assert.equal((await api.patch(`/api/saml-applications/${other}`, { name: 'Mine' })).status, 404);
    // The same request, sent to the other tenant: its address is not the one in it.
    const url = addressOf(xmlOf({ applicationId: other }), other).replace(server.url, tenant.baseUrl);
    assert.equal((await createAgent().fetch(url)).status, 400);
  });

  it('that force a sign-in get its time, and the end of the session', async () => {
    const agent = createAgent();
    const times = ({ xml }: { xml: string }) =>
      ['AuthnInstant', 'SessionNotOnOrAfter'].map((name) =>
        Date.parse(new RegExp(`${name}="([^"]*)"`).exec(xml)?.[1] ?? ''),
      );
    try {
      const [begun = 0, end = 0] = times(await signIn({}, agent));
      clock.ahead += 600_000;
      assert.deepEqual(times(await signIn({}, agent)), [begun, end], 'the same session');
      const [again = 0, later = 0] = times(await signIn({ attributes: ' ForceAuthn="true"' }, agent));
      assert.ok(again >= begun + 600_000, 'a new sign-in');
      assert.ok(later >= end + 600_000, 'which renews the session');
      const { body } = await api.get(`/api/users/${userId}/sessions`);
      const ends = body.sessions.map((session: { payload: { exp: number } }) => session.payload.exp * 1000);
      assert.ok(ends.includes(later), `${later} is one of ${ends}`);
    } finally {
      clock.ahead = 0;
    }
  });
});

describe('A SAML application that asks for a second factor', () => {
  let world: FactorWorld;
  let partner: SamlPartner;
  let id: string;
  before(async () => {
    world = await openFactorWorld();
    await world.configure({ mfa: { factors: ['Totp'], policy: 'NoPrompt' } });
    partner = await createPartner(world.server.url);
    const draft = { name: 'Payroll', entityId: partner.entityId, acsUrl: partner.acsUrl };
    id = (await world.operator.call<{ id: string }>('POST', '/api/saml-applications', draft)).id;
  });
  after(() => world.close());

  it('gets it from a user who signed in without one, in the same session, and learns that', async () => {
    const person = await world.addPerson();
    const agent = createAgent();
    const client = await partner.connect(id, { disableRequestedAuthnContext: true });
    const plain = { ...person, password: factorPassword, agent };
    const url = await client.getAuthorizeUrlAsync('', undefined, {});
    const first = await profileOf(client, await signInTo(world.server.url, { url }, plain));
    const secret = await world.giveTotp(person);
    const strict = await partner.connect(id, { authnContext: [mfa] });
    const { url: at } = await follow(agent, await strict.getAuthorizeUrlAsync('', undefined, {}));
    assert.match(at, /\/sign-in\?/);
    const page = experienceOf(world.server, agent);
    await page.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
    const identifier = { type: 'username', value: person.username };
    const proof = await page.expect(200, 'POST', '/verification/password', { identifier, password: factorPassword });
    await page.expect(204, 'POST', '/identification', proof);
    await page.expect(403, 'POST', '/submit');
    await page.expect(200, 'POST', '/verification/totp/verify', { code: world.nextCode(secret) });
    const { redirectTo = '' } = await page.expect(200, 'POST', '/submit');
    const form = await formOf((await follow(agent, redirectTo)).answer);
    const xml = Buffer.from(form.fields.SAMLResponse ?? '', 'base64').toString();
    assert.match(xml, new RegExp(`AuthnContextClassRef>${mfa}<`));
    assert.match(xml, new RegExp(`SessionIndex="${first.sessionIndex}"`));
    const again = await follow(agent, await strict.getAuthorizeUrlAsync('', undefined, {}));
    assert.ok(!again.url.includes('/sign-in?'), 'the session has the second factor now');
  });
});
