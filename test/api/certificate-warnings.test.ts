import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { certificateFingerprint, createSamlKeyPair } from '../../server/src/services/saml/index.ts';
import { type MovableClock, movableClock } from '../support/clock.ts';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const day = 86_400_000;
interface Entry {
  key: string;
  applicationId?: string;
  params: { connectorId?: string; certificate: string; fingerprint: string; expiresAt: string; stage: string };
}

describe('Certificates of SAML partners and of our own keys', () => {
  let server: TestServer;
  let api: Manager;
  let clock: MovableClock;
  before(async () => {
    clock = movableClock();
    server = await startServer({ world: { clock } });
    api = await manage(server);
  });
  after(() => server?.close());

  const pair = async (days: number) => {
    const validity = { notBefore: new Date(clock.now() - day), notAfter: new Date(clock.now() + days * day) };
    return (await createSamlKeyPair('partner', validity)).certificate;
  };
  /** Moves to that day after the start and looks, as the server does every few hours. Returns what was written. */
  const at = async (days: number): Promise<string[]> => {
    clock.ahead = days * day;
    api = await manage(server);
    const since = clock.now();
    const count = await server.app.warnOfCertificates(since, () => false);
    const entries: Entry[] = [];
    for (const key of ['SsoConnector.Certificate', 'SamlApplication.Certificate'])
      for (const { payload, createdAt } of (await api.get(`/api/logs?logKey=${key}&page_size=100`)).body)
        if (createdAt >= since) entries.push(payload);
    assert.equal(entries.length, count);
    return entries.map(({ key, params }) => `${key.split('.')[0]} ${params.certificate}: ${params.stage}`).sort();
  };
  const in30Days = '30 days';
  const in7Days = '7 days';
  const expired = 'expired';

  it('are reported in the API and once in the audit log, 30 and 7 days before their end and after it', async () => {
    const [provider, requests, encryption] = await Promise.all([pair(40), pair(100), pair(200)]);
    const config = {
      entityId: 'https://idp.example',
      signInEndpoint: 'https://idp.example/sso',
      x509Certificate: provider,
    };
    const connector = await api.post('/api/sso-connectors', { providerName: 'SAML', connectorName: 'Acme', config });
    assert.equal(connector.status, 200, JSON.stringify(connector.body));
    const application = await api.post('/api/saml-applications', {
      name: 'Payroll',
      requestCertificate: requests,
      encryption: { encryptAssertion: true, encryptThenSign: false, certificate: encryption },
    });
    assert.equal(application.status, 201, JSON.stringify(application.body));
    const { id } = connector.body;
    const warnings = async () => (await api.get(`/api/sso-connectors/${id}`)).body.warnings;
    const expiring = async () => [
      (await api.get(`/api/sso-connectors/${id}/signing-keys`)).body[0].isExpiring,
      (await api.get(`/api/saml-applications/${application.body.id}/secrets`)).body[0].isExpiring,
    ];
    assert.deepEqual([await at(9), await warnings(), await expiring()], [[], [], [false, false]]);

    assert.deepEqual(await at(11), [`SsoConnector provider: ${in30Days}`]);
    const [warning] = await warnings();
    assert.equal(warning.code, 'certificate_expiring');
    assert.ok(Math.abs(warning.at - (Date.now() + 40 * day)) < day);
    const [{ payload }] = (await api.get('/api/logs?logKey=SsoConnector.Certificate')).body;
    assert.equal(payload.params.connectorId, id);
    assert.equal(payload.params.fingerprint, certificateFingerprint(provider));
    assert.deepEqual(await at(20), [], 'once');
    assert.deepEqual(await at(34), [`SsoConnector provider: ${in7Days}`]);
    assert.deepEqual(await at(41), [`SsoConnector provider: ${expired}`]);
    assert.equal((await warnings())[0].code, 'certificate_expired');

    const renewed = await pair(2000);
    const saved = await api.patch(`/api/sso-connectors/${id}`, { config: { ...config, x509Certificate: renewed } });
    assert.deepEqual(saved.body.warnings, []);
    assert.deepEqual(await at(75), [`SamlApplication requests: ${in30Days}`]);
    const [{ payload: latest }] = (await api.get('/api/logs?logKey=SamlApplication.Certificate')).body;
    assert.equal(latest.applicationId, application.body.id);
    assert.deepEqual(await at(175), [
      `SamlApplication encryption: ${in30Days}`,
      `SamlApplication requests: ${expired}`,
    ]);
    assert.deepEqual(await at(3 * 365 - 20), [
      `SamlApplication encryption: ${expired}`,
      `SamlApplication signing key: ${in30Days}`,
      `SsoConnector signing key: ${in30Days}`,
    ]);
    assert.deepEqual(await expiring(), [true, true]);
  });

  it('with a successor are not reported: the partner has announced the next one', async () => {
    clock.ahead = 0;
    api = await manage(server);
    const [old, next] = await Promise.all([pair(5), pair(1000)]);
    const bodyOf = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
    const keys = [old, next].map(
      (pem) =>
        `<md:KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${bodyOf(pem)}</X509Certificate></X509Data></KeyInfo></md:KeyDescriptor>`,
    );
    const metadata =
      `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example"><md:IDPSSODescriptor` +
      ` protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.join('')}<md:SingleSignOnService` +
      ` Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
    const draft = { providerName: 'SAML', connectorName: 'Rotating', config: { metadata } };
    const { status, body } = await api.post('/api/sso-connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body.warnings, []);
  });
});
