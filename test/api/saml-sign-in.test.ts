import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { type Agent, createAgent } from '../support/agent.ts';
import { movableClock } from '../support/clock.ts';
import { type Manager, manage } from '../support/management.ts';
import { createPartner, follow, formOf, profileOf, type SamlPartner, signInTo } from '../support/saml-partner.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ada = { username: 'ada', password: 'correct horse battery 1' };
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

type Client = Awaited<ReturnType<SamlPartner['connect']>>;

describe('Sign-in to a SAML application', () => {
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
    const user = { ...ada, name: 'Ada "L" <Lovelace> & Co', primaryEmail: 'ada@example.com', customData: { level: 3 } };
    userId = (await api.post('/api/users', user)).body.id;
    id = await create();
  });
  after(() => server.close());

  const acs = () => ({ binding: post, url: partner.acsUrl });
  const create = async (more: object = {}): Promise<string> => {
    const attributeMapping = { email: 'mail', name: 'displayName', custom_data: 'data', phone_number: 'phone' };
    const own = { name: 'Payroll', acsUrl: acs(), attributeMapping };
    return (await api.post('/api/saml-applications', { ...own, entityId: partner.entityId, ...more })).body.id;
  };
  /** The same service for one test, with other settings. */
  const change = async (more: object, run: () => Promise<void>) => {
    const before = (await api.get(`/api/saml-applications/${id}`)).body;
    const { encryption, requestCertificate, nameIdFormat, acsUrl, singleLogoutUrl } = before;
    await api.patch(`/api/saml-applications/${id}`, more);
    try {
      await run();
    } finally {
      await api.patch(`/api/saml-applications/${id}`, {
        encryption,
        requestCertificate,
        nameIdFormat,
        acsUrl,
        singleLogoutUrl,
      });
    }
  };
  const lastReason = async (key: string) => {
    const { body } = await api.get(`/api/logs?logKey=${key}&page_size=1`);
    return body[0]?.payload;
  };

  /** Signs the user in and returns the address that the browser comes back to, which it has not opened yet. */
  const stopping = (agent: Agent, client: Client) => async (): Promise<string> => {
    let back = '';
    const page = '<form action="x"><input type="hidden" name="a" value="b">';
    const fetchUntil = async (url: string, init?: RequestInit) => {
      if (!url.includes('/callback?')) return agent.fetch(url, init);
      back = url;
      return new Response(page);
    };
    const url = await client.getAuthorizeUrlAsync('', undefined, {});
    await signInTo(server.url, { url }, { ...ada, agent: { ...agent, fetch: fetchUntil } });
    return back;
  };

  it('by redirect tells the service who the user is, with the mapped attributes', async () => {
    const client = await partner.connect(id);
    const url = await client.getAuthorizeUrlAsync('state & "more"', undefined, {});
    const form = await signInTo(server.url, { url }, ada);
    assert.deepEqual([form.action, form.fields.RelayState], [partner.acsUrl, 'state & "more"']);
    const profile = await profileOf(client, form);
    assert.deepEqual([profile.nameID, profile.nameIDFormat], [userId, persistent]);
    assert.deepEqual(
      [profile.mail, profile.displayName, profile.data, profile.phone],
      ['ada@example.com', 'Ada "L" <Lovelace> & Co', '{"level":3}', undefined],
    );
    const { result, applicationId, userId: signedIn } = await lastReason('SamlApplication.Callback');
    assert.deepEqual([result, applicationId, signedIn], ['Success', id, userId]);
  });

  it('by form works with a signed request', () =>
    change({ requestCertificate: partner.keys.certificate }, async () => {
      const signing = {
        privateKey: partner.keys.privateKey,
        signatureAlgorithm: 'sha256' as const,
        digestAlgorithm: 'sha256',
      };
      const client = await partner.connect(id, {
        ...signing,
        authnRequestBinding: 'HTTP-POST',
        skipRequestCompression: true,
      });
      const message = await client.getAuthorizeMessageAsync('r');
      const body = new URLSearchParams(message as Record<string, string>);
      const url = `${server.url}/api/saml/${id}/authn`;
      const form = await signInTo(server.url, { url, init: { method: 'POST', body } }, ada);
      assert.equal((await profileOf(client, form)).nameID, userId);
      const unsigned = await (await partner.connect(id)).getAuthorizeUrlAsync('', undefined, {});
      assert.equal((await createAgent().fetch(unsigned)).status, 400);
      const redirect = await partner.connect(id, signing);
      const { answer } = await follow(createAgent(), await redirect.getAuthorizeUrlAsync('', undefined, {}));
      assert.equal(answer.status, 200);
      const foreign = await createPartner(server.url, 'foreign');
      const forged = await partner.connect(id, { ...signing, privateKey: foreign.keys.privateKey });
      assert.equal((await createAgent().fetch(await forged.getAuthorizeUrlAsync('', undefined, {}))).status, 400);
      assert.match((await lastReason('SamlApplication.AuthnRequest')).error, /signature_invalid/);
    }));

  it('shares the session with other applications, and asks again when the service forces it', async () => {
    const agent = createAgent();
    const client = await partner.connect(id);
    const first = await signInTo(
      server.url,
      { url: await client.getAuthorizeUrlAsync('', undefined, {}) },
      { ...ada, agent },
    );
    const index = (await profileOf(client, first)).sessionIndex;
    const again = await follow(agent, await client.getAuthorizeUrlAsync('', undefined, {}));
    assert.equal((await profileOf(client, await formOf(again.answer))).sessionIndex, index, 'without a page');
    const forced = await partner.connect(id, { forceAuthn: true });
    assert.match((await follow(agent, await forced.getAuthorizeUrlAsync('', undefined, {}))).url, /\/sign-in\?/);
    const silent = await partner.connect(id, { passive: true });
    const passed = await follow(agent, await silent.getAuthorizeUrlAsync('', undefined, {}));
    assert.equal((await profileOf(silent, await formOf(passed.answer))).nameID, userId);
  });

  it('tells a service that allows no page that the user is not signed in', async () => {
    const client = await partner.connect(id, { passive: true });
    const { answer } = await follow(createAgent(), await client.getAuthorizeUrlAsync('', undefined, {}));
    const xml = Buffer.from((await formOf(answer)).fields.SAMLResponse ?? '', 'base64').toString();
    assert.match(xml, /status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:NoPassive"/);
    assert.ok(!xml.includes('Assertion '));
  });

  it('can begin with a link of ours, and then answers no request', async () => {
    const agent = createAgent();
    const url = `${server.url}/api/saml/${id}/sign-in?RelayState=${encodeURIComponent('/reports?a=1')}`;
    const form = await signInTo(server.url, { url }, { ...ada, agent });
    assert.equal(form.fields.RelayState, '/reports?a=1');
    const xml = Buffer.from(form.fields.SAMLResponse ?? '', 'base64').toString();
    assert.ok(!xml.includes('InResponseTo'));
    const client = await partner.connect(id, { validateInResponseTo: 'ifPresent' as never });
    assert.equal((await profileOf(client, form)).nameID, userId);
    const tooLong = await agent.fetch(`${server.url}/api/saml/${id}/sign-in?RelayState=${'x'.repeat(513)}`);
    assert.equal(tooLong.status, 400);
  });

  for (const encryptThenSign of [true, false])
    it(`encrypts the assertion for the service, ${encryptThenSign ? 'in' : 'without'} a signed response`, () =>
      change(
        { encryption: { encryptAssertion: true, encryptThenSign, certificate: partner.keys.certificate } },
        async () => {
          const client = await partner.connect(id, {
            decryptionPvk: partner.keys.privateKey,
            wantAuthnResponseSigned: encryptThenSign,
          });
          const form = await signInTo(server.url, { url: await client.getAuthorizeUrlAsync('', undefined, {}) }, ada);
          const xml = Buffer.from(form.fields.SAMLResponse ?? '', 'base64').toString();
          assert.ok(!xml.includes('ada@example.com'));
          assert.equal(/<\/saml:Issuer><ds:Signature/.test(xml), encryptThenSign);
          assert.equal((await profileOf(client, form)).mail, 'ada@example.com');
        },
      ));

  // security: similar-addresses
  it('names the user in the format of the service', async () => {
    const verify = (isVerified: boolean) =>
      server.tenant.db.raw('update users set is_email_verified = $3 where tenant_id = $1 and primary_email = $2', [
        ...[server.tenant.id, 'ada@example.com', isVerified],
      ]);
    const nameWith = async (nameIdFormat: string, agent = createAgent(), who = ada) => {
      const client = await partner.connect(id);
      const form = await signInTo(
        server.url,
        { url: await client.getAuthorizeUrlAsync('', undefined, {}) },
        { ...who, agent },
      );
      const profile = await profileOf(client, form);
      assert.equal(profile.nameIDFormat, nameIdFormat);
      return profile.nameID;
    };
    const email = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
    await change({ nameIdFormat: email }, async () => {
      assert.equal(await nameWith(email), 'ada@example.com');
      await api.post('/api/users', { username: 'bob', password: ada.password });
      const client = await partner.connect(id);
      const url = await client.getAuthorizeUrlAsync('', undefined, {});
      const form = await signInTo(server.url, { url }, { username: 'bob', password: ada.password });
      assert.match(Buffer.from(form.fields.SAMLResponse ?? '', 'base64').toString(), /status:InvalidNameIDPolicy/);
      // The service would take the address as proved.
      await verify(false);
      const unproved = await signInTo(server.url, { url: await client.getAuthorizeUrlAsync('', undefined, {}) }, ada);
      await verify(true);
      assert.match(Buffer.from(unproved.fields.SAMLResponse ?? '', 'base64').toString(), /status:InvalidNameIDPolicy/);
    });
    const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
    await change({ nameIdFormat: transient }, async () => {
      const names = [await nameWith(transient), await nameWith(transient)];
      assert.notEqual(names[0], names[1]);
      assert.ok(!names.join().includes(userId));
    });
  });

  // security: application-access, suspension
  it('is refused for users that no access rule admits, and for suspended ones', async () => {
    await api.patch(`/api/applications/${id}`, { appLevelAccessControlEnabled: true });
    const client = await partner.connect(id);
    const url = async () => client.getAuthorizeUrlAsync('', undefined, {});
    const { fields } = await signInTo(server.url, { url: await url() }, ada);
    const xml = Buffer.from(fields.SAMLResponse ?? '', 'base64').toString();
    assert.match(xml, /status:RequestDenied/);
    assert.ok(!xml.includes('Assertion '));
    assert.equal((await lastReason('SamlApplication.Callback')).error, 'RequestDenied');
    await api.patch(`/api/applications/${id}`, { appLevelAccessControlEnabled: false });

    const late = createAgent();
    const back = await stopping(late, client)();
    await api.patch(`/api/applications/${id}`, { appLevelAccessControlEnabled: true });
    const denied = (await formOf(await late.fetch(back))).fields.SAMLResponse ?? '';
    assert.match(Buffer.from(denied, 'base64').toString(), /status:RequestDenied/, 'refused in between');
    await api.patch(`/api/applications/${id}`, { appLevelAccessControlEnabled: false });

    const agent = createAgent();
    await signInTo(server.url, { url: await url() }, { ...ada, agent });
    await api.patch(`/api/users/${userId}/is-suspended`, { isSuspended: true });
    assert.match((await follow(agent, await url())).url, /\/sign-in\?/);
    await api.patch(`/api/users/${userId}/is-suspended`, { isSuspended: false });
  });

  // security: saml-reply-address
  it('answers at the registered address alone', async () => {
    for (const acsUrl of [
      'https://evil.example.com/acs',
      `${partner.acsUrl}/x`,
      `${partner.acsUrl}?`,
      partner.acsUrl.toUpperCase(),
    ]) {
      const client = await partner.connect(id, { callbackUrl: acsUrl });
      const answer = await createAgent().fetch(await client.getAuthorizeUrlAsync('', undefined, {}));
      assert.equal(answer.status, 400, acsUrl);
      assert.match((await lastReason('SamlApplication.AuthnRequest')).error, /recipient_mismatch/);
    }
    await change({ acsUrl: null }, async () => {
      const answer = await createAgent().fetch(
        await (await partner.connect(id)).getAuthorizeUrlAsync('', undefined, {}),
      );
      assert.equal(answer.status, 400);
    });
  });

  // security: saml-requests
  it('is refused for requests that are not well-formed, of others, for others, or old', async () => {
    const xml = (
      changes: { issuer?: string; destination?: string; at?: number; more?: string; before?: string } = {},
    ) =>
      `${changes.before ?? ''}<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r" Version="2.0" IssueInstant="${new Date(changes.at ?? clock.now()).toISOString()}" Destination="${changes.destination ?? `${server.url}/api/saml/${id}/authn`}"${changes.more ?? ''}><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${changes.issuer ?? partner.entityId}</saml:Issuer></samlp:AuthnRequest>`;
    const send = async (text: string) => {
      const query = encodeURIComponent(deflateRawSync(text).toString('base64'));
      const answer = await createAgent().fetch(`${server.url}/api/saml/${id}/authn?SAMLRequest=${query}`);
      return {
        status: answer.status,
        error: answer.status === 400 ? (await lastReason('SamlApplication.AuthnRequest')).error : '',
      };
    };
    assert.equal((await send(xml())).status, 303);
    for (const [text, reason] of [
      [xml({ issuer: 'https://other.example.com' }), 'issuer_mismatch'],
      [xml({ destination: 'https://other.example.com' }), 'destination_mismatch'],
      [xml({ at: clock.now() - 3_600_000 }), 'expired'],
      [xml({ at: clock.now() + 3_600_000 }), 'not_yet_valid'],
      [xml({ before: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' }), 'forbidden_markup'],
      ['text', 'malformed_message'],
      [xml().replaceAll('AuthnRequest', 'LogoutRequest'), 'unexpected_structure'],
      [' '.repeat(10_000_000), 'malformed_message'],
    ] as const) {
      const { status, error } = await send(text);
      assert.equal(status, 400, reason);
      assert.ok(String(error).startsWith(reason), `${error}, expected ${reason}`);
    }
    for (const url of ['authn', 'authn?SAMLRequest=x&SAMLRequest=y', 'authn?SAMLRequest=%ff', 'authn?SAMLRequest=AAAA'])
      assert.equal((await createAgent().fetch(`${server.url}/api/saml/${id}/${url}`)).status, 400, url);
    assert.equal((await fetch(`${server.url}/api/saml/unknown/authn?SAMLRequest=x`)).status, 404);
  });

  // security: saml-browser, single-use
  it('ends only in the browser that began it, once, and in time', async () => {
    const agent = createAgent();
    const client = await partner.connect(id);
    const begin = stopping(agent, client);
    let back = await begin();
    assert.match(back, /\/api\/saml-applications\/\w+\/callback\?/);
    assert.equal((await createAgent().fetch(back)).status, 400, 'another browser');
    const first = await agent.fetch(back);
    assert.equal((await profileOf(client, await formOf(first))).nameID, userId);
    assert.equal((await agent.fetch(back)).status, 400, 'a second time');
    back = await begin();
    clock.ahead += 3_700_000;
    const refused = back.replace(/code=[^&]+/, 'error=access_denied');
    assert.equal((await agent.fetch(refused)).status, 400, 'an hour later');
    clock.ahead = 0;
    assert.equal((await agent.fetch(`${server.url}/api/saml-applications/${id}/callback?code=x`)).status, 400);
  });

  // security: saml-reply-address
  it('sends its page escaped, under a policy that allows no script but our own', async () => {
    const agent = createAgent();
    const client = await partner.connect(id);
    await signInTo(
      server.url,
      { url: await client.getAuthorizeUrlAsync('"><script>alert(1)</script>', undefined, {}) },
      { ...ada, agent },
    );
    const { answer } = await follow(
      agent,
      await client.getAuthorizeUrlAsync('"><script>alert(1)</script>', undefined, {}),
    );
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'.*; script-src 'self';/);
    assert.ok(!policy.includes("'unsafe-inline'"), policy);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.ok(!(await answer.text()).includes('<script>alert'));
  });

  describe('sign-out by the service', () => {
    const signing = () => ({ privateKey: partner.keys.privateKey, signatureAlgorithm: 'sha256' as const });
    const settings = () => ({
      requestCertificate: partner.keys.certificate,
      singleLogoutUrl: { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', url: partner.logoutUrl },
    });

    it('ends the session, and answers that it has ended', () =>
      change(settings(), async () => {
        const agent = createAgent();
        const client = await partner.connect(id, signing());
        const url = async () => client.getAuthorizeUrlAsync('', undefined, {});
        const profile = await profileOf(client, await signInTo(server.url, { url: await url() }, { ...ada, agent }));
        const { answer } = await follow(createAgent(), await client.getLogoutUrlAsync(profile, 'bye', {}));
        assert.equal(answer.status, 303);
        const location = new URL(answer.headers.get('location') ?? '');
        assert.equal(location.origin + location.pathname, partner.logoutUrl);
        const query = Object.fromEntries(location.searchParams);
        assert.equal(query.RelayState, 'bye');
        const { loggedOut } = await client.validateRedirectAsync(query, location.search.slice(1));
        assert.equal(loggedOut, true);
        assert.match((await follow(agent, await url())).url, /\/sign-in\?/, 'the session has ended');
      }));

    // security: saml-sign-out
    it('does not end the session of another user, or by a request that the service did not sign', () =>
      change(settings(), async () => {
        const agent = createAgent();
        const client = await partner.connect(id, signing());
        const url = async () => client.getAuthorizeUrlAsync('', undefined, {});
        const profile = await profileOf(client, await signInTo(server.url, { url: await url() }, { ...ada, agent }));
        const others = { ...profile, nameID: 'someone else' };
        await follow(createAgent(), await client.getLogoutUrlAsync(others, '', {}));
        const unsigned = await partner.connect(id);
        const refused = await createAgent().fetch(await unsigned.getLogoutUrlAsync(profile, '', {}));
        assert.equal(refused.status, 400);
        assert.match((await lastReason('SamlApplication.Logout')).error, /not_signed/);
        const { answer } = await follow(agent, await url());
        assert.equal((await profileOf(client, await formOf(answer))).nameID, userId, 'still signed in');
      }));
  });
});
