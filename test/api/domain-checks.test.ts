import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { assertScimError, directoryOf, person } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe('Checks of verified domains', () => {
  let server: TestServer;
  let mailbox: Mailbox;
  let api: Manager;
  let receiver: Receiver;
  /** TXT records by name; a name with an error does not resolve. */
  const dns = new Map<string, string[][] | Error>();
  let asked: string[] = [];
  /** What happens while the record at a name is looked up. */
  let whileAsked: ((name: string) => Promise<void>) | undefined;
  before(async () => {
    mailbox = await openMailbox();
    receiver = await startReceiver();
    const resolveTxt = async (name: string) => {
      asked.push(name);
      await whileAsked?.(name);
      const found = dns.get(name) ?? [];
      if (found instanceof Error) throw found;
      return found;
    };
    server = await startServer({ environment: mailbox.environment, world: { resolveTxt } });
    api = await manage(server);
    await api.post('/api/connectors', { connectorId: 'simple-mail-transfer-protocol', config: mailbox.config });
    await api.post('/api/hooks', {
      name: 'Domains',
      events: ['OrganizationDomain.RecordMissing', 'OrganizationDomain.ProofExpiring', 'OrganizationDomain.Lost'],
      config: { url: receiver.url },
    });
  });
  after(async () => {
    await server.close();
    await Promise.all([mailbox.close(), receiver.close()]);
  });
  beforeEach(() => dns.clear());

  let number = 0;
  const servfail = () => Object.assign(new Error('queryTxt ESERVFAIL'), { code: 'ESERVFAIL' });
  const pathOf = (id: string, domain: string) => `/api/organizations/${id}/domains/${domain}`;
  const verify = (id: string, domain: string, body: object = { method: 'dns' }) =>
    api.post(`${pathOf(id, domain)}/verification`, body);
  const stateOf = async (id: string, domain: string) => (await api.get(pathOf(id, domain))).body;
  /** An organization that added a domain. */
  const claim = async (name?: string) => {
    number += 1;
    const domain = name ?? `checked${number}.example`;
    const id = (await api.post('/api/organizations', { name: 'Acme' })).body.id as string;
    const { record, email } = (await api.post(`/api/organizations/${id}/domains`, { domain })).body;
    const publish = () => dns.set(record.name, [...((dns.get(record.name) ?? []) as string[][]), [record.value]]);
    return { id, domain, email, name: record.name as string, publish, withdraw: () => dns.delete(record.name) };
  };
  const verified = async () => {
    const claimed = await claim();
    claimed.publish();
    const { status, body } = await verify(claimed.id, claimed.domain);
    assert.equal(status, 200, JSON.stringify(body));
    return { ...claimed, start: body.verifiedAt as number };
  };
  /** Checks what is due at a time, in as many rounds as it takes. */
  const checkAt = async (time: number) => {
    asked = [];
    while ((await server.app.organizationDomains.sweep(time, () => false)) > 0);
    return asked;
  };
  /** Loses a domain as days go by. */
  const lose = async ({ start, withdraw }: { start: number; withdraw: () => unknown }) => {
    withdraw();
    for (let passed = 1; passed <= 8; passed += 1) await checkAt(start + passed * day + hour);
  };
  /** What a webhook receives about a domain. */
  const toldOf = async (event: string, domain: string) => {
    const isMeant = ({ body }: { body: string }) => {
      const payload = JSON.parse(body);
      return payload.event === event && payload.data.domain === domain;
    };
    return JSON.parse((await receiver.next(isMeant)).body).data;
  };
  const eventsOf = async (id: string) =>
    (await api.get(`/api/logs?organizationId=${id}&page_size=100`)).body.map(({ key }: { key: string }) => key);

  // security: domain-checks
  it('reads the record once a day, and changes nothing while it is there', async () => {
    const { id, domain, name, start } = await verified();
    assert.ok(!(await checkAt(start + day - hour)).includes(name), 'not before it is due');
    const first = await stateOf(id, domain);
    assert.deepEqual(
      (await checkAt(start + day + hour)).filter((one) => one === name),
      [name],
    );
    assert.deepEqual(await stateOf(id, domain), { ...first, checkedAt: start + day + hour });
    assert.ok(!(await checkAt(start + day + 2 * hour)).includes(name), 'once');
  });

  // security: domain-checks
  it('warns every day that the record is missing, and ends the verification after 7 days', async () => {
    const { id, domain, withdraw, start } = await verified();
    withdraw();
    const missingSince = start + day + hour;
    for (let passed = 1; passed <= 7; passed += 1) {
      await checkAt(start + passed * day + hour);
      const { isVerified, ...state } = await stateOf(id, domain);
      assert.equal(isVerified, true, `day ${passed}`);
      assert.deepEqual([state.missingSince, state.losesAt], [missingSince, missingSince + 7 * day]);
      assert.equal((await toldOf('OrganizationDomain.RecordMissing', domain)).losesAt, missingSince + 7 * day);
    }
    await checkAt(start + 8 * day + hour);
    const lost = await stateOf(id, domain);
    assert.deepEqual(
      [lost.isVerified, lost.verifiedBy, lost.missingSince, lost.losesAt, lost.lostAt],
      [false, null, null, null, start + 8 * day + hour],
    );
    assert.equal((await toldOf('OrganizationDomain.Lost', domain)).isVerified, false);
    assert.deepEqual(await eventsOf(id), [
      'Organization.LoseDomain',
      ...Array.from({ length: 7 }, () => 'Organization.MissDomainRecord'),
      'Organization.VerifyDomain',
      'Organization.AddDomain',
    ]);
    assert.deepEqual(
      (await checkAt(start + 30 * day)).filter((one) => one.endsWith(`.${domain}`)),
      [],
    );
  });

  // security: domain-checks
  it('forgets the warning when the record is back, or the administrator proves the domain again', async () => {
    const back = await verified();
    back.withdraw();
    await checkAt(back.start + day + hour);
    back.publish();
    await checkAt(back.start + 2 * day + 2 * hour);
    assert.equal((await stateOf(back.id, back.domain)).missingSince, null);
    back.withdraw();
    await checkAt(back.start + 9 * day);
    assert.equal((await stateOf(back.id, back.domain)).isVerified, true, 'the grace period starts again');

    const asks = await verified();
    asks.withdraw();
    await checkAt(asks.start + day + hour);
    assertRefused(await verify(asks.id, asks.domain), 422, 'organization_domain.record_not_found');
    assert.equal(typeof (await stateOf(asks.id, asks.domain)).missingSince, 'number');
    asks.publish();
    const { body } = await verify(asks.id, asks.domain);
    assert.deepEqual([body.isVerified, body.missingSince, body.verifiedAt], [true, null, asks.start]);
  });

  // security: domain-checks
  it('loses no domain because name servers do not answer', async () => {
    const { id, domain, name, withdraw, start } = await verified();
    dns.set(name, servfail());
    for (let passed = 1; passed <= 20; passed += 1) await checkAt(start + passed * day + hour);
    const kept = await stateOf(id, domain);
    assert.deepEqual([kept.isVerified, kept.missingSince, kept.checkedAt], [true, null, start]);
    // The record is missing, and then the name servers fail beyond the grace period.
    withdraw();
    await checkAt(start + 21 * day + 2 * hour);
    dns.set(name, servfail());
    await checkAt(start + 40 * day);
    assert.equal((await stateOf(id, domain)).isVerified, true);
    assert.ok((await checkAt(start + 40 * day + hour)).includes(name), 'it is tried again after an hour');
    withdraw();
    await checkAt(start + 40 * day + 2 * hour);
    assert.equal((await stateOf(id, domain)).isVerified, false);
  });

  // security: domain-checks
  it('checks the other domains if one cannot be checked, and each in one process only', async () => {
    const [broken, fine] = [await verified(), await verified()];
    dns.set(broken.name, servfail());
    fine.withdraw();
    asked = [];
    const time = Math.max(broken.start, fine.start) + day + hour;
    await Promise.all([0, 1, 2].map(() => server.app.organizationDomains.sweep(time, () => false)));
    await checkAt(time);
    assert.equal((await stateOf(fine.id, fine.domain)).missingSince, time);
    const all = (await eventsOf(fine.id)).filter((key: string) => key === 'Organization.MissDomainRecord');
    assert.equal(all.length, 1);
  });

  /** An organization whose domain the postmaster has confirmed. */
  const confirmed = async () => {
    const claimed = await claim();
    const confirm = async () => {
      await api.post(`${pathOf(claimed.id, claimed.domain)}/verification-code`);
      const proof = { method: 'email', code: await mailbox.codeTo(claimed.email) };
      const { status, body } = await verify(claimed.id, claimed.domain, proof);
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const body = await confirm();
    assert.equal(body.verifiedBy, 'email');
    return { ...claimed, confirm, start: body.checkedAt as number, losesAt: body.losesAt as number };
  };

  // security: domain-checks
  it('counts a confirmation by the postmaster for 180 days, and asks for another one in the last 14', async () => {
    const { id, domain, name, start, losesAt } = await confirmed();
    assert.equal(losesAt, start + 180 * day, 'the end is known from the start');
    assert.ok(!(await checkAt(start + 166 * day - hour)).includes(name), 'no notice before');
    const first = start + 166 * day;
    for (let passed = 0; passed < 14; passed += 1) {
      await checkAt(first + passed * day);
      const state = await stateOf(id, domain);
      assert.deepEqual([state.isVerified, state.missingSince, state.losesAt], [true, first, losesAt], `day ${passed}`);
      assert.equal((await toldOf('OrganizationDomain.ProofExpiring', domain)).losesAt, losesAt);
    }
    await checkAt(losesAt);
    const lost = await stateOf(id, domain);
    assert.deepEqual([lost.isVerified, lost.losesAt, lost.lostAt], [false, null, losesAt]);
    assert.equal((await toldOf('OrganizationDomain.Lost', domain)).isVerified, false);
    assert.deepEqual(await eventsOf(id), [
      'Organization.LoseDomain',
      ...Array.from({ length: 14 }, () => 'Organization.AskDomainProof'),
      'Organization.VerifyDomain',
      'Organization.SendDomainCode',
      'Organization.AddDomain',
    ]);
  });

  // security: domain-checks
  it('gives the whole notice before a confirmation ends, also after a pause of the checks', async () => {
    const { id, domain, start } = await confirmed();
    const late = start + 400 * day;
    await checkAt(late);
    const { isVerified, losesAt } = await stateOf(id, domain);
    assert.deepEqual([isVerified, losesAt], [true, late + 14 * day]);
  });

  // security: domain-checks
  it('keeps a domain that is confirmed again, or whose record is there by then', async () => {
    const asked = await confirmed();
    await checkAt(asked.start + 166 * day);
    const again = await asked.confirm();
    assert.deepEqual([again.missingSince, again.verifiedAt], [null, asked.start]);
    assert.equal(again.losesAt, again.checkedAt + 180 * day);

    const published = await confirmed();
    published.publish();
    const due = published.start + 166 * day;
    await checkAt(due);
    const { verifiedBy, missingSince, losesAt, checkedAt } = await stateOf(published.id, published.domain);
    assert.deepEqual([verifiedBy, missingSince, losesAt, checkedAt], ['dns', null, null, due]);
    published.withdraw();
    await checkAt(due + day + hour);
    assert.equal((await stateOf(published.id, published.domain)).missingSince, due + day + hour, 'read every day now');
    const byPostmaster = await published.confirm();
    assert.deepEqual([byPostmaster.verifiedBy, byPostmaster.missingSince], ['email', null]);

    const upgraded = await confirmed();
    upgraded.publish();
    assert.equal((await verify(upgraded.id, upgraded.domain)).body.verifiedBy, 'dns');
    assert.ok((await checkAt(upgraded.start + day + hour)).includes(upgraded.name));
  });

  // security: domain-checks
  it('ends a confirmation by its time, also while name servers do not answer', async () => {
    const { id, domain, name, start, losesAt } = await confirmed();
    dns.set(name, servfail());
    await checkAt(start + 166 * day);
    assert.equal((await stateOf(id, domain)).losesAt, losesAt);
    await checkAt(losesAt);
    assert.equal((await stateOf(id, domain)).isVerified, false);
  });

  // security: domain-checks
  it('keeps the proof that is given while a check is under way', async () => {
    const { id, domain, email, name, withdraw, start } = await verified();
    withdraw();
    for (let passed = 1; passed <= 7; passed += 1) await checkAt(start + passed * day + hour);
    await api.post(`${pathOf(id, domain)}/verification-code`);
    const code = await mailbox.codeTo(email);
    whileAsked = async (asking) => {
      if (asking === name) assert.equal((await verify(id, domain, { method: 'email', code })).status, 200);
    };
    assert.ok((await checkAt(start + 8 * day + hour)).includes(name));
    whileAsked = undefined;
    const { isVerified, verifiedBy, missingSince } = await stateOf(id, domain);
    assert.deepEqual([isVerified, verifiedBy, missingSince], [true, 'email', null]);
  });

  // security: domain-checks, organization-domains
  it('gives a lost domain to another organization by proof only', async () => {
    const first = await verified();
    const second = await claim(first.domain);
    first.withdraw();
    await checkAt(first.start + day + hour);
    second.publish();
    assertRefused(await verify(second.id, second.domain), 422, 'organization_domain.taken');
    dns.clear();
    await lose(first);
    assertRefused(await verify(second.id, second.domain), 422, 'organization_domain.record_not_found');
    second.publish();
    assert.equal((await verify(second.id, second.domain)).body.isVerified, true);
    // The former owner does not get it back, not by the record that it had either.
    first.publish();
    assertRefused(await verify(first.id, first.domain), 422, 'organization_domain.taken');
  });

  // security: domain-checks, directory-walls
  it('ends provisioning, adoption and control by the directory with the domain', async () => {
    const organization = await verified();
    const { id, domain } = organization;
    const directory = await directoryOf(api, server.tenant.baseUrl, id);
    const { body: own } = await directory.post('/Users', person(`own@${domain}`, { displayName: 'Own' }));
    const { body: stranger } = await api.post('/api/users', { primaryEmail: `stranger@${domain}`, name: 'Stranger' });
    await lose(organization);
    assertScimError(await directory.post('/Users', person(`new@${domain}`)), 400, 'invalidValue');
    assertScimError(await directory.post('/Users', person(`stranger@${domain}`)), 400, 'invalidValue');
    assert.equal((await api.get(`/api/organizations/${id}/users`)).body.length, 1, 'members stay');
    assert.equal(
      (await directory.patch(`/Users/${own.id}`, { op: 'replace', value: { displayName: 'X' } })).status,
      200,
    );
    assert.equal((await directory.delete(`/Users/${own.id}`)).status, 204);
    const { body: account } = await api.get(`/api/users/${own.id}`);
    assert.deepEqual([account.name, account.isSuspended], ['Own', false], 'the directory decides no more');
    assert.deepEqual((await api.get(`/api/organizations/${id}/users`)).body, []);
    assert.equal((await api.get(`/api/users/${stranger.id}`)).body.name, 'Stranger');
  });

  // security: domain-checks
  it('ends just-in-time membership and enterprise sign-in by the domain, in this organization only', async () => {
    const organization = await verified();
    const { id, domain } = organization;
    const other = (await api.post('/api/organizations', { name: 'Other' })).body.id;
    for (const one of [id, other])
      await api.post(`/api/organizations/${one}/jit/email-domains`, { emailDomain: domain });
    const connector = async (connectorName: string, ...domains: string[]) => {
      const { status, body } = await api.post('/api/sso-connectors', { providerName: 'OIDC', connectorName, domains });
      assert.equal(status, 200, JSON.stringify(body));
      return body.id as string;
    };
    const own = await connector(`Own ${domain}`, domain, `kept.${domain}`);
    const foreign = await connector(`Foreign ${domain}`, domain);
    await api.post(`/api/organizations/${id}/jit/sso-connectors`, { ssoConnectorIds: [own] });
    await lose(organization);
    const domainsOf = async (one: string) => (await api.get(`/api/sso-connectors/${one}`)).body.domains;
    assert.deepEqual(await domainsOf(own), [`kept.${domain}`]);
    assert.deepEqual(await domainsOf(foreign), [domain]);
    const { body: user } = await api.post('/api/users', { primaryEmail: `late@${domain}` });
    const joined = (await api.get(`/api/users/${user.id}/organizations`)).body.map((one: { id: string }) => one.id);
    assert.deepEqual(joined, [other]);
    const { body: entries } = await api.get(`/api/logs?organizationId=${id}&logKey=Organization.LoseDomain`);
    assert.deepEqual(
      [entries[0].payload.params.hadJustInTime, entries[0].payload.params.connectors],
      [true, [`Own ${domain}`]],
    );
  });

  // security: domain-checks
  it('are not evaded by removing the domain, which ends what the domain gave', async () => {
    const { id, domain } = await verified();
    await api.post(`/api/organizations/${id}/jit/email-domains`, { emailDomain: domain });
    const draft = { providerName: 'OIDC', connectorName: `Removed ${domain}`, domains: [domain] };
    const { body: connector } = await api.post('/api/sso-connectors', draft);
    await api.post(`/api/organizations/${id}/jit/sso-connectors`, { ssoConnectorIds: [connector.id] });
    assert.equal((await api.delete(pathOf(id, domain))).status, 204);
    assert.deepEqual((await api.get(`/api/organizations/${id}/jit/email-domains`)).body, []);
    assert.deepEqual((await api.get(`/api/sso-connectors/${connector.id}`)).body.domains, []);
    const { body: entries } = await api.get(`/api/logs?organizationId=${id}&logKey=Organization.RemoveDomain`);
    assert.deepEqual(
      [entries[0].payload.params.hadJustInTime, entries[0].payload.params.connectors],
      [true, [`Removed ${domain}`]],
    );
  });

  it('leave the lists of an organization alone when a domain is removed that it never proved', async () => {
    const { id, domain } = await claim();
    await api.post(`/api/organizations/${id}/jit/email-domains`, { emailDomain: domain });
    await api.delete(pathOf(id, domain));
    assert.equal((await api.get(`/api/organizations/${id}/jit/email-domains`)).body.length, 1);
  });
});
