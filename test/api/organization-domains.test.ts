import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Domains of organizations', () => {
  let server: TestServer;
  let mailbox: Mailbox;
  let api: Manager;
  let receiver: Receiver;
  /** TXT records by name; a name with an error does not resolve. */
  const dns = new Map<string, string[][] | Error>();
  before(async () => {
    mailbox = await openMailbox();
    receiver = await startReceiver();
    const resolveTxt = async (name: string) => {
      const found = dns.get(name) ?? [];
      if (found instanceof Error) throw found;
      return found;
    };
    server = await startServer({ environment: mailbox.environment, world: { resolveTxt } });
    api = await manage(server);
    await api.post('/api/connectors', { connectorId: 'simple-mail-transfer-protocol', config: mailbox.config });
  });
  after(async () => {
    await server.close();
    await Promise.all([mailbox.close(), receiver.close()]);
  });
  beforeEach(() => dns.clear());

  let number = 0;
  const newDomain = () => {
    number += 1;
    return `company${number}.example`;
  };
  const newOrganization = async (): Promise<string> =>
    (await api.post('/api/organizations', { name: 'Acme' })).body.id as string;
  const add = async (organizationId: string, domain: string) => {
    const reply = await api.post(`/api/organizations/${organizationId}/domains`, { domain });
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    return reply.body;
  };
  const pathOf = (organizationId: string, domain: string) => `/api/organizations/${organizationId}/domains/${domain}`;
  const verify = (organizationId: string, domain: string, body: object = { method: 'dns' }) =>
    api.post(`${pathOf(organizationId, domain)}/verification`, body);
  const isVerified = (organizationId: string, domain: string) =>
    server.app.organizationDomains.isVerifiedDomainOf(server.tenant.db, organizationId, domain);
  const publish = (domain: { record: { name: string; value: string } }) =>
    dns.set(domain.record.name, [['v=spf1 -all'], [domain.record.value]]);

  it('adds a domain in DNS form with the record that verifies it, and removes it', async () => {
    const id = await newOrganization();
    const added = await add(id, 'Bücher.Example');
    assert.deepEqual(
      [added.domain, added.isVerified, added.verifiedAt, added.record.name, added.email],
      [
        'xn--bcher-kva.example',
        false,
        null,
        '_aldaba-challenge.xn--bcher-kva.example',
        'postmaster@xn--bcher-kva.example',
      ],
    );
    assert.ok(added.record.value.length >= 32);
    assert.deepEqual((await api.get(`/api/organizations/${id}/domains`)).body, [added]);
    assert.deepEqual((await api.get(pathOf(id, 'XN--BCHER-KVA.example'))).body, added);
    const repeated = await api.post(`/api/organizations/${id}/domains`, { domain: 'bücher.example' });
    assertRefused(repeated, 422, 'entity.unique_integrity_violation');
    assert.equal((await api.delete(pathOf(id, added.domain))).status, 204);
    assertRefused(await api.delete(pathOf(id, added.domain)), 404, 'entity.not_found');
    assert.deepEqual((await api.get(`/api/organizations/${id}/domains`)).body, []);
  });

  it('refuses public mail providers, invalid domains and unknown organizations', async () => {
    const id = await newOrganization();
    const refusalOf = async (domain: string) =>
      (await api.post(`/api/organizations/${id}/domains`, { domain })).body.code;
    for (const domain of ['gmail.com', 'GMAIL.com', 'qq.com', 'zohomail.com', 'mail.ee'])
      assert.equal(await refusalOf(domain), 'organization_domain.public', domain);
    for (const domain of ['localhost', 'ada@acme.example', 'https://acme.example', 'a b.example', '10.0.0.1', '*.com'])
      assert.equal(await refusalOf(domain), 'organization_domain.invalid', domain);
    const none = await api.post('/api/organizations/none/domains', { domain: newDomain() });
    assertRefused(none, 422, 'entity.relation_foreign_key_not_found');
    assertRefused(await api.get('/api/organizations/none/domains'), 404, 'entity.not_exists_with_id');
  });

  // security: organization-domains
  it('verifies a domain by its own record only', async () => {
    const [id, otherId] = [await newOrganization(), await newOrganization()];
    const domain = await add(id, newDomain());
    const ofOther = await add(otherId, domain.domain);
    const { name, value } = domain.record;
    assert.notEqual(value, ofOther.record.value);
    const wrong: [string, string[][]][] = [
      ['nothing', []],
      ['the token of another organization', [[ofOther.record.value]]],
      ['a part of the value', [[value.slice(0, -1)]]],
      ['the value inside of another', [[`x${value}`]]],
      ['an empty value', [['']]],
    ];
    for (const [what, records] of wrong) {
      dns.set(name, records);
      const refused = await verify(id, domain.domain);
      assertRefused(refused, 422, 'organization_domain.record_not_found');
      assert.deepEqual(refused.body.data, { name }, what);
    }
    dns.clear();
    dns.set(domain.domain, [[value]]);
    assertRefused(await verify(id, domain.domain), 422, 'organization_domain.record_not_found');
    assert.equal(await isVerified(id, domain.domain), false);

    dns.set(name, [['other'], [value.slice(0, 10), value.slice(10)]]);
    const verified = await verify(id, domain.domain);
    assert.deepEqual([verified.status, verified.body.isVerified, verified.body.verifiedBy], [200, true, 'dns']);
    assert.equal(await isVerified(id, domain.domain.toUpperCase()), true);
    assert.equal(await isVerified(otherId, domain.domain), false);
    dns.clear();
    assert.deepEqual((await verify(id, domain.domain)).body, verified.body);
  });

  it('reports name servers that do not answer, and verifies nothing', async () => {
    const id = await newOrganization();
    const domain = await add(id, newDomain());
    dns.set(domain.record.name, Object.assign(new Error('queryTxt ESERVFAIL'), { code: 'ESERVFAIL' }));
    assertRefused(await verify(id, domain.domain), 503, 'organization_domain.lookup_failed');
    assert.equal(await isVerified(id, domain.domain), false);
  });

  // security: organization-domains
  it('verifies a domain for one organization, also when two verify it at the same time', async () => {
    const ids = [await newOrganization(), await newOrganization(), await newOrganization()];
    const name = newDomain();
    const domains = [];
    for (const id of ids) domains.push(await add(id, name));
    dns.set(
      `_aldaba-challenge.${name}`,
      domains.map(({ record }) => [record.value]),
    );
    const replies = await Promise.all(ids.map((id) => verify(id, name)));
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 422, 422]);
    for (const reply of replies) if (reply.status === 422) assertRefused(reply, 422, 'organization_domain.taken');
    const winner = replies.findIndex(({ status }) => status === 200);
    const [loser] = ids.filter((_, index) => index !== winner);
    await api.delete(pathOf(ids[winner] as string, name));
    assert.equal((await verify(loser as string, name)).status, 200);
  });

  // security: organization-domains
  it('verifies a domain by the code sent to its postmaster, which works for one organization only', async () => {
    const [id, otherId] = [await newOrganization(), await newOrganization()];
    const { domain, email } = await add(id, newDomain());
    await add(otherId, domain);
    const codeFor = async (organizationId: string) => {
      assert.equal((await api.post(`${pathOf(organizationId, domain)}/verification-code`)).status, 204);
      return mailbox.codeTo(email);
    };
    const ofOther = await codeFor(otherId);
    const code = await codeFor(id);
    assert.match(code, /^\d{12}$/);
    const wrong = code === '000000000000' ? '000000000001' : '000000000000';
    assertRefused(await verify(id, domain, { method: 'email', code: wrong }), 400, 'verification_code.code_mismatch');
    if (ofOther !== code)
      assertRefused(
        await verify(id, domain, { method: 'email', code: ofOther }),
        400,
        'verification_code.code_mismatch',
      );
    await api.post('/api/verification-codes', { email });
    const plain = await mailbox.codeTo(email);
    if (plain !== code)
      assertRefused(await verify(id, domain, { method: 'email', code: plain }), 400, 'verification_code.code_mismatch');
    const verified = await verify(id, domain, { method: 'email', code });
    assert.deepEqual([verified.status, verified.body.verifiedBy], [200, 'email']);
    assertRefused(await verify(otherId, domain, { method: 'email', code: ofOther }), 422, 'organization_domain.taken');
  });

  // security: organization-domains
  it('accepts the code of a postmaster once, and none after too many wrong ones', async () => {
    const id = await newOrganization();
    const { domain, email } = await add(id, newDomain());
    const send = async () => {
      assert.equal((await api.post(`${pathOf(id, domain)}/verification-code`)).status, 204);
      return mailbox.codeTo(email);
    };
    const byCode = (code: string) => verify(id, domain, { method: 'email', code });
    const code = await send();
    assert.equal((await byCode(code)).status, 200);
    await api.delete(pathOf(id, domain));
    await add(id, domain);
    assertRefused(await byCode(code), 400, 'verification_code.not_found');
    const next = await send();
    const wrong = next === '000000000000' ? '000000000001' : '000000000000';
    let tries = 0;
    let last = await byCode(wrong);
    for (; last.body.code === 'verification_code.code_mismatch' && tries < 50; tries += 1) last = await byCode(wrong);
    assertRefused(last, 400, 'verification_code.exceed_max_try');
    assert.ok(tries <= 10, `${tries} wrong codes`);
    assertRefused(await byCode(next), 400, 'verification_code.exceed_max_try');
    assert.equal(await isVerified(id, domain), false);
  });

  it('records changes in the audit log of the organization, and tells webhooks about verified domains', async () => {
    const [id, otherId] = [await newOrganization(), await newOrganization()];
    const domain = await add(id, newDomain());
    await add(otherId, newDomain());
    publish(domain);
    await api.post('/api/hooks', {
      name: 'Domains',
      events: ['OrganizationDomain.Verified', 'OrganizationDomain.Deleted'],
      config: { url: receiver.url },
    });
    await verify(id, domain.domain);
    await api.delete(pathOf(id, domain.domain));
    const { body: entries } = await api.get(`/api/logs?organizationId=${id}`);
    assert.deepEqual(
      entries.map(({ key, payload }: { key: string; payload: { params: { domain: string } } }) => [
        key,
        payload.params.domain,
      ]),
      ['RemoveDomain', 'VerifyDomain', 'AddDomain'].map((event) => [`Organization.${event}`, domain.domain]),
    );
    for (const event of ['OrganizationDomain.Verified', 'OrganizationDomain.Deleted']) {
      const { body } = await receiver.next((request) => JSON.parse(request.body).event === event);
      assert.equal((JSON.parse(body).data ?? JSON.parse(body)).domain, domain.domain, event);
    }
  });
});
