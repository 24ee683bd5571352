import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectorsFolder, type Mailbox, openMailbox } from '../../../test/support/mailbox.ts';
import { type Manager, manage } from '../../../test/support/management.ts';
import { visit } from '../../../test/support/page-agent.ts';
import { startServer, type TestServer } from '../../../test/support/server.ts';

const password = 'tulips under stone';
const newPassword = 'hyacinths over sand';
const at = (page: string, notice?: string) => `${page}?app_id=demo-app${notice ? `&notice=${notice}` : ''}`;

describe('A forgotten password, without scripts,', () => {
  let folder: Awaited<ReturnType<typeof connectorsFolder>>;
  let mailbox: Mailbox;
  let server: TestServer;
  let api: Manager;
  const ahead = 0;
  before(async () => {
    folder = await connectorsFolder('@logto/connector-smtp');
    mailbox = await openMailbox();
    server = await startServer({
      environment: { CONNECTORS_FOLDER: folder.path },
      world: { clock: { now: () => Date.now() + ahead } },
    });
    api = await manage(server);
  });
  after(async () => {
    await server?.close();
    await Promise.all([mailbox?.close(), folder?.remove()]);
  });

  const connectMail = async () => {
    const connector = { connectorId: 'simple-mail-transfer-protocol', config: mailbox.config };
    const made = await api.post('/api/connectors', connector);
    assert.equal(made.status, 200, JSON.stringify(made.body));
  };
  let number = 0;
  const addUser = async (more: object = {}) => {
    number += 1;
    const user = { username: `ana${number}`, primaryEmail: `ana${number}@example.com`, password };
    const made = await api.post('/api/users', { ...user, ...more });
    assert.equal(made.status, 200, JSON.stringify(made.body));
    return { ...user, id: String(made.body.id) };
  };
  /** A visitor who has shown the code that was sent to an address. */
  const recover = async (address: string) => {
    const person = await visit(server);
    const asked = await person.post('/forgot-password', { address });
    assert.equal(asked.headers.get('location'), at('/verification-code'), await asked.clone().text());
    const shown = await person.post('/verification-code', { code: await mailbox.codeTo(address) });
    assert.equal(shown.headers.get('location'), at('/forgot-password/reset'), await shown.clone().text());
    return person;
  };
  const signsIn = async (username: string, secret: string) => {
    const person = await visit(server);
    return (await person.post('/sign-in', { username, password: secret })).status === 303;
  };

  it('is not asked about where nothing can send a code', async () => {
    const person = await visit(server, { first_screen: 'reset_password' });
    assert.equal((await person.get(at('/reset-password'))).headers.get('location'), at('/forgot-password'));
    assert.equal((await person.get(at('/forgot-password'))).headers.get('location'), at('/sign-in'));
    assert.doesNotMatch(await (await person.get(at('/sign-in'))).text(), /href="\/forgot-password/);
    const answer = await person.post('/forgot-password', { address: 'ana@example.com' });
    assert.equal(answer.headers.get('location'), at('/sign-in'));
    await connectMail();
    assert.match(await (await person.get(at('/sign-in'))).text(), /href="\/forgot-password\?app_id=demo-app"/);
    assert.match(await (await person.get(at('/forgot-password'))).text(), /name="address"[^>]*type="email"/);
  });

  it('is replaced with a code; nobody is signed in by that, and the old one is worth nothing', async () => {
    const { username, primaryEmail } = await addUser();
    const person = await recover(primaryEmail);
    // The password manager keeps the new one under the name that signs in.
    assert.match(await (await person.get(at('/forgot-password/reset'))).text(), new RegExp(`value="${username}"`));
    const done = await person.post('/forgot-password/reset', { password: newPassword });
    assert.deepEqual([done.status, done.headers.get('location')], [303, at('/sign-in', 'password-changed')]);
    assert.match(await (await person.get(at('/sign-in', 'password-changed'))).text(), /Your password was changed/);
    assert.equal(await signsIn(username, password), false);
    const home = await person.arrive(await person.post('/sign-in', { username, password: newPassword }));
    assert.ok(home.searchParams.get('code'));
  });
});
