import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Log } from '../../server/src/kernel/log.ts';
import { type Manager, manage } from '../support/management.ts';
import { shownError, visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('A connector whose provider has a public address without TLS', () => {
  let server: TestServer;
  let api: Manager;
  const lines: string[] = [];
  before(async () => {
    const write = (fields: object) => void lines.push(JSON.stringify(fields));
    const log: Log = { debug: write, info: write, warn: write, error: write };
    server = await startServer({ world: { log } });
    api = await manage(server);
  });
  after(() => server?.close());

  const reason = /93\.184\.216\.34 must be called with https.*OUTBOUND_ALLOWED_HOSTS/;

  // security: outgoing-requests
  it('signs no one in, because others on the way could answer for it, and the log says why', async () => {
    const config = { clientId: 'x', clientSecret: 'y', issuer: 'http://93.184.216.34' };
    const draft = { connectorId: 'oidc', config, metadata: { target: 'plain' } };
    const { status, body } = await api.post('/api/connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    await api.patch('/api/sign-in-exp', { socialSignInConnectorTargets: ['plain'] });
    const person = await visit(server);
    const answer = await person.post(`/sign-in/social/${body.id}`, {});
    assert.equal((await shownError(answer)).code, 'connector.general');
    assert.match(lines.join('\n'), reason);
  });

  it('gets no codes, which others on the way could read', async () => {
    lines.length = 0;
    const message = { email: 'ada@acme.example', config: { endpoint: 'http://93.184.216.34/messages' } };
    const { status, body } = await api.post('/api/connectors/http-email/test', message);
    assert.deepEqual([status, body.code], [400, 'connector.general']);
    assert.match(lines.join('\n'), reason);
  });
});
