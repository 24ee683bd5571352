import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createSamlKeyPair } from '../../server/src/services/saml/index.ts';
import { type MovableClock, movableClock } from '../support/clock.ts';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Providers of many companies: one server, a path for each. */
interface Providers {
  url: string;
  /** Paths whose answers are held, and the answers. */
  held: Map<string, ServerResponse | undefined>;
  /** Called when a request has arrived. */
  onRequest: (path: string) => void;
  answer: (response: ServerResponse, entityId?: string) => void;
  close: () => void;
}

async function startProviders(): Promise<Providers> {
  const { certificate } = await createSamlKeyPair('company', {
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 864_000_000),
  });
  const documentOf = (entityId: string) =>
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">` +
    `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor>` +
    `<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` +
    `${certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '')}</X509Certificate></X509Data></KeyInfo></md:KeyDescriptor>` +
    `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" ` +
    `Location="https://idp.acme.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (providers.held.has(path)) providers.held.set(path, response);
    else providers.answer(response);
    providers.onRequest(path);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const providers: Providers = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held: new Map(),
    onRequest: () => undefined,
    answer: (response, entityId = 'https://idp.acme.example') => void response.end(documentOf(entityId)),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return providers;
}

describe('A round that reads the metadata of SAML providers again', () => {
  let providers: Providers;
  let server: TestServer;
  let api: Manager;
  let clock: MovableClock;
  before(async () => {
    clock = movableClock();
    providers = await startProviders();
    server = await startServer({ world: { clock }, environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
  });
  after(async () => {
    await server?.close();
    providers?.close();
  });
  beforeEach(async () => {
    providers.held.clear();
    providers.onRequest = () => undefined;
    api = await manage(server);
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
  });

  const paths = (count: number) => Array.from({ length: count }, (_, at) => `/${at}`);
  /** Each was read a second after the one before. */
  const connect = async (each: readonly string[]) => {
    for (const path of each) {
      clock.ahead += 1000;
      const config = { metadataUrl: `${providers.url}${path}` };
      const { status } = await api.post('/api/sso-connectors', { providerName: 'SAML', connectorName: path, config });
      assert.equal(status, 200);
    }
    clock.ahead += 3_601_000;
  };
  const round = () => server.app.ssoConnectors.refreshMetadata(clock.now(), () => false);
  const requested = (count: number) => {
    const seen: string[] = [];
    return new Promise<string[]>((resolve) => {
      providers.onRequest = (path) => {
        if (seen.push(path) === count) resolve(seen);
      };
    });
  };
  const release = (path: string) => {
    const response = providers.held.get(path);
    assert.ok(response, `${path} was requested`);
    providers.held.delete(path);
    providers.answer(response);
  };

  it('reads all others while a provider does not answer', async () => {
    const all = paths(8);
    await connect(all);
    providers.held.set('/0', undefined);
    const arrived = requested(8);
    const running = round();
    assert.deepEqual((await arrived).toSorted(), all);
    release('/0');
    assert.equal(await running, 8, 'the one that was slow, too');
  });

  it('asks 5 providers at a time, those first whose metadata is the oldest', async () => {
    await connect(paths(7));
    for (const path of paths(7)) providers.held.set(path, undefined);
    const seen: string[] = [];
    let open = 0;
    let most = 0;
    let five = Promise.withResolvers<void>();
    providers.onRequest = (path) => {
      seen.push(path);
      open += 1;
      most = Math.max(most, open);
      if (open === 5) five.resolve();
    };
    const running = round();
    await five.promise;
    // A sixth would arrive while the server answers this.
    await (await manage(server)).get('/api/sso-connectors');
    assert.deepEqual(seen.toSorted(), ['/0', '/1', '/2', '/3', '/4']);
    five = Promise.withResolvers();
    for (const path of ['/0', '/1']) {
      open -= 1;
      release(path);
    }
    await five.promise;
    for (const path of ['/2', '/3', '/4', '/5', '/6']) release(path);
    assert.deepEqual([await running, most], [7, 5]);
  });

  it('reads each provider once, although two nodes do a round', async () => {
    await connect(paths(8));
    let requests = 0;
    providers.onRequest = () => {
      requests += 1;
    };
    const read = await Promise.all([round(), round()]);
    assert.deepEqual([read.reduce((sum, count) => sum + count), requests], [8, 8]);
  });

  it('leaves the configuration that an operator saves while a provider answers', async () => {
    await connect(['/0']);
    providers.held.set('/0', undefined);
    const arrived = requested(1);
    const running = round();
    await arrived;
    const response = providers.held.get('/0') as ServerResponse;
    providers.held.delete('/0');
    api = await manage(server);
    const [{ id } = { id: '' }] = (await api.get('/api/sso-connectors')).body;
    clock.ahead += 1000;
    const config = { metadataUrl: `${providers.url}/0` };
    assert.equal((await api.patch(`/api/sso-connectors/${id}`, { config })).status, 200);
    providers.answer(response, 'https://another.example');
    assert.equal(await running, 0);
    const { warnings } = (await api.get(`/api/sso-connectors/${id}`)).body;
    const ofMetadata = warnings.filter(({ code }: { code: string }) => code.startsWith('metadata'));
    assert.deepEqual(ofMetadata, []);
  });

  it('asks no further provider when the server stops', async () => {
    await connect(paths(7));
    let isStopped = false;
    let requests = 0;
    providers.onRequest = () => {
      isStopped = true;
      requests += 1;
    };
    await server.app.ssoConnectors.refreshMetadata(clock.now(), () => isStopped);
    assert.ok(requests <= 5, `${requests} requests`);
    const others = 7 - requests;
    assert.equal(await round(), others, 'the others are read in the next round');
  });
});
