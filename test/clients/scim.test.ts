import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Manager, manage } from '../support/management.ts';
import { startProgram } from '../support/programs.ts';
import { findPython } from '../support/python.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Check {
  status: string;
  title: string;
  reason: string;
}

describe('scim2-tester', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  it('finds that the server follows RFC 7643 and RFC 7644', async () => {
    const { body } = await api.send('POST', '/api/scim/tokens', { body: { name: 'scim2-tester' } });
    const running = startProgram(findPython(), [join(import.meta.dirname, 'foreign/scim_checks.py')], {
      environment: {
        PYTHONUNBUFFERED: '1',
        PYTHONDONTWRITEBYTECODE: '1',
        SCIM_URL: `${server.tenant.baseUrl}/scim/v2`,
        SCIM_TOKEN: body.value,
      },
    });
    assert.equal(await running.ended, 0, running.output());
    const checks = running
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Check);
    assert.ok(checks.filter(({ status }) => status === 'SUCCESS').length > 100, running.output());
    // `active` always has a value, so removing it has no effect.
    assert.deepEqual(
      checks.filter(({ status }) => !['SUCCESS', 'SKIPPED'].includes(status)).map(({ reason }) => reason),
      ["PATCH modify() did not remove attribute 'active'"],
    );
  });
});
