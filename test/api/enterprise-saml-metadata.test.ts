import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { certificateFingerprint, createSamlKeyPair } from '../../server/src/services/saml/index.ts';
import { type MovableClock, movableClock } from '../support/clock.ts';
import { type Manager, manage } from '../support/management.ts';
import { type SamlCompany, startSamlCompany } from '../support/saml-company.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Entry {
  result: string;
  error?: unknown;
  params: Record<string, unknown>;
}

const hour = 3_600_000;
const day = 24 * hour;

describe('Metadata of a SAML provider that is read again', () => {
  let acme: SamlCompany;
  let server: TestServer;
  let api: Manager;
  let clock: MovableClock;
  let id: string;
  let readAt = 0;
  before(async () => {
    clock = movableClock();
    acme = await startSamlCompany(clock.now);
    server = await startServer({ world: { clock }, environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
  });
  after(async () => {
    await server?.close();
    await acme?.close();
  });
  const honest = () => secure(published(acme));
  beforeEach(async () => {
    api = await manage(server);
    Object.assign(acme, { metadata: honest, metadataMovedTo: undefined });
    for (const { id: former } of (await api.get('/api/sso-connectors')).body)
      await api.delete(`/api/sso-connectors/${former}`);
    const draft = { providerName: 'SAML', connectorName: 'Acme', config: { metadataUrl: acme.metadataUrl } };
    const { status, body } = await api.post('/api/sso-connectors', { ...draft, domains: ['acme.example'] });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body.warnings.filter(ofMetadata), []);
    id = body.id;
  });

  /** The document of the company, of which a test changes parts. */
  const published = (company: SamlCompany) =>
    document(company.entityId, `http://127.0.0.1:1/sso`, company.keys.certificate);
  const secure = (xml: string) => xml.replaceAll('http://127.0.0.1:1/', 'https://idp.acme.example/');
  const document = (entityId: string, address: string, ...certificates: string[]) => {
    const keys = certificates.map(
      (pem) =>
        `<md:KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` +
        `${pem.replaceAll(/-----[A-Z ]+-----|\s/g, '')}</X509Certificate></X509Data></KeyInfo></md:KeyDescriptor>`,
    );
    const service = (name: string, url: string) =>
      `<md:${name} Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${url}"/>`;
    return (
      `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><md:IDPSSODescriptor` +
      ` protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.join('')}` +
      `${service('SingleLogoutService', 'https://idp.acme.example/slo')}${service('SingleSignOnService', address)}` +
      `</md:IDPSSODescriptor></md:EntityDescriptor>`
    );
  };
  const readAgain = async () => {
    clock.ahead += hour + 1000;
    api = await manage(server);
    readAt = clock.now();
    return server.app.ssoConnectors.refreshMetadata(readAt, () => false);
  };
  const ofMetadata = ({ code }: { code: string }) => code.startsWith('metadata');
  const connector = async () => (await api.get(`/api/sso-connectors/${id}`)).body;
  const stored = async () => (await connector()).providerConfig.identityProvider;
  const entries = async () => {
    const { body } = await api.get('/api/logs?logKey=SsoConnector.Metadata&page_size=100');
    const all = body.map(({ payload }: { payload: Entry }) => payload) as Entry[];
    return all.filter(({ params }) => params.connectorId === id);
  };
  const keys = (from: number, to: number) =>
    createSamlKeyPair('company', { notBefore: new Date(clock.now() + from), notAfter: new Date(clock.now() + to) });

  // security: enterprise-domains
  it('is not used, and reported once, if it is of another entity, weaker, without a key or with ended keys alone', async () => {
    const before = await stored();
    const ended = await keys(-2 * day, -day);
    const attacker = await keys(-day, day);
    const cases: [string, () => string, RegExp][] = [
      [
        'another entity',
        () => secure(document('https://evil.example', 'https://evil.example/sso', attacker.certificate)),
        /another entity, https:\/\/evil\.example/,
      ],
      ['http', () => document(acme.entityId, 'http://idp.acme.example/sso', acme.keys.certificate), /https/],
      [
        'http for sign-outs',
        () => honest().replace('https://idp.acme.example/slo', 'http://idp.acme.example/slo'),
        /https/,
      ],
      [
        'http for answers to sign-outs',
        () => honest().replace('/slo"', '/slo" ResponseLocation="http://idp.acme.example/slo"'),
        /https/,
      ],
      ['no certificate', () => document(acme.entityId, 'https://idp.acme.example/sso'), /no_certificate/],
      ['ended keys', () => document(acme.entityId, 'https://idp.acme.example/sso', ended.certificate), /expired/],
      ['no document', () => '<html>', /not_metadata/],
      [
        'two entities',
        () =>
          `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${honest()}${honest()}</md:EntitiesDescriptor>`,
        /several/,
      ],
    ];
    for (const [name, metadata, reason] of cases) {
      acme.metadata = metadata;
      const known = (await entries()).length;
      assert.equal(await readAgain(), 0, name);
      const since = readAt;
      assert.equal(await readAgain(), 0, name);
      assert.deepEqual(await stored(), before, name);
      const [warning, ...others] = (await connector()).warnings.filter(({ code }: { code: string }) =>
        code.startsWith('metadata'),
      );
      assert.deepEqual([others, warning?.at], [[], since], name);
      assert.match(warning?.message ?? '', reason, name);
      const noted = await entries();
      assert.equal(noted.length, known + 1, `${name}: once`);
      assert.equal(noted[0]?.result, 'Error');
      assert.match(JSON.stringify(noted[0]?.error), reason);
      acme.metadata = honest;
      assert.equal(await readAgain(), 1);
      assert.deepEqual((await connector()).warnings.filter(ofMetadata), [], name);
    }
  });

  it('is not used while the provider does not answer, nor from a private address that it leads to', async () => {
    const before = await stored();
    const read = acme.reads;
    acme.metadataMovedTo = 'http://169.254.169.254/latest/meta-data';
    assert.equal(await readAgain(), 0);
    assert.equal(acme.reads, read + 1);
    assert.deepEqual(await stored(), before);
    assert.deepEqual((await connector()).warnings.map(({ code }: { code: string }) => code).slice(0, 1), [
      'metadata_unreadable',
    ]);
  });

  it('is not read over http from a public address that an earlier version accepted, and what was read still counts', async () => {
    const before = await stored();
    const accept = 'update sso_connectors set metadata_url = $1 where id = $2 returning 1';
    assert.equal((await server.tenant.db.raw(accept, ['http://93.184.216.34/metadata', id])).length, 1);
    assert.equal(await readAgain(), 0);
    assert.deepEqual(await stored(), before);
    const [warning] = (await connector()).warnings.filter(ofMetadata);
    assert.match(warning?.message ?? '', /must be called with https/);
  });

  it('replaces keys, addresses and the binding, and the audit log names what changed', async () => {
    const next = await keys(-day, 400 * day);
    acme.metadata = () =>
      document(acme.entityId, 'https://login.acme.example/sso', next.certificate)
        .replace(/HTTP-Redirect(" Location="https:\/\/login)/, 'HTTP-POST$1')
        .replace('<md:IDPSSODescriptor', '<md:IDPSSODescriptor WantAuthnRequestsSigned="true"');
    assert.equal(await readAgain(), 1);
    const [entry] = await entries();
    assert.equal(entry?.result, 'Success');
    assert.deepEqual(entry?.params, {
      connectorId: id,
      changed: ['singleSignOnBinding', 'singleSignOnUrl', 'wantsSignedRequests'],
      certificatesAdded: [certificateFingerprint(next.certificate)],
      certificatesRemoved: [certificateFingerprint(acme.keys.certificate)],
    });
    const known = (await entries()).length;
    assert.equal(await readAgain(), 1);
    assert.equal((await entries()).length, known, 'nothing changed');
  });

  it('is accepted from another entity once an operator saves the configuration again', async () => {
    const other = await keys(-day, 400 * day);
    acme.metadata = () => document('https://new.acme.example', 'https://new.acme.example/sso', other.certificate);
    assert.equal(await readAgain(), 0);
    const saved = await api.patch(`/api/sso-connectors/${id}`, { config: { metadataUrl: acme.metadataUrl } });
    assert.equal(saved.status, 200);
    assert.deepEqual([saved.body.warnings, (await stored()).entityId], [[], 'https://new.acme.example']);
    assert.equal(await readAgain(), 1);
  });

  it('with the ended keys that it had is still used, because partners compare keys and not dates', async () => {
    clock.ahead += 3 * day;
    assert.equal(await readAgain(), 1);
    assert.deepEqual(
      (await connector()).warnings.map(({ code }: { code: string }) => code),
      ['certificate_expired'],
    );
  });
});
