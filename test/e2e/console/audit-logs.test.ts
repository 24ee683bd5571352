import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { inspect, openConsole, screens } from '../../support/console.ts';
import { type Manager, manage, requestToken } from '../../support/management.ts';
import { visit } from '../../support/page-agent.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const password = 'tulips under stone';
const chrome =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

for (const screen of ['desktop', 'phone'] as const) {
  describe(`Audit logs in the Console on a ${screen}`, () => {
    let server: TestServer;
    let manager: Manager;
    before(async () => {
      server = await startServer();
      manager = await manage(server);
      await happen(server, manager);
    });
    after(() => server?.close());

    it('tell what happened with an application, to whom, and why it failed', async () => {
      const visitor = await openConsole(server, screens[screen]);
      const { page } = visitor;
      const look = (name: string) => inspect(page, `audit-logs-${name}-${screen}`);
      try {
        await visitor.open('applications/demo-app/logs');
        await seeSignIns(page, screen);
        await look('application');
        assert.deepEqual(visitor.complaints, []);
      } finally {
        await visitor.close();
      }
    });
  });
}

/** A refused and a completed sign-in of two users, of whom one is then deleted; a machine with a wrong secret. */
async function happen(server: TestServer, manager: Manager): Promise<void> {
  const names = { ada: 'Ada Lovelace', mei: '林美' };
  for (const [username, name] of Object.entries(names)) {
    const { body: user } = await manager.post('/api/users', { username, name, password });
    const person = await visit(server);
    await person.post('/sign-in', { username, password: 'not the password' }, { 'user-agent': chrome });
    await person.arrive(await person.post('/sign-in', { username, password }, { 'user-agent': chrome }));
    if (username === 'mei') await manager.delete(`/api/users/${user.id}`);
  }
  const { body: machine } = await manager.post('/api/applications', { name: 'Night run', type: 'MachineToMachine' });
  await requestToken(server.url, { id: machine.id, secret: 'wrong' });
  await requestToken(server.url, { id: machine.id, secret: machine.secret });
}

async function seeSignIns(page: Page, screen: string): Promise<void> {
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await row('Signed in with password').first().waitFor();
  await row('Password check failed').filter({ hasText: 'Wrong account or password' }).first().waitFor();
  if (screen === 'phone') return;
  await row('Signed in with password').filter({ hasText: 'Deleted user' }).waitFor();
  await row('Signed in with password').filter({ hasText: 'Chrome' }).first().waitFor();
  await page.getByRole('link', { name: 'Ada Lovelace' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Ada Lovelace' }).waitFor();
  await page.goBack();
  await row('Signed in with password').first().waitFor();
}
