import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { editableFields, visitAccount } from '../support/account-visitor.ts';
import type { MovableClock } from '../support/clock.ts';
import { type Manager, manage } from '../support/management.ts';
import { type PostServer, startPostServer } from '../support/post-office.ts';
import type { TestServer } from '../support/server.ts';

const password = 'correct horse battery 7';

describe('Deletion of the own account', () => {
  let post: PostServer;
  let server: TestServer;
  let clock: MovableClock;
  let api: Manager;
  before(async () => {
    post = await startPostServer();
    ({ server, clock } = post);
    await post.post.addEmail(post.operator);
    api = await manage(server);
    await api.patch('/api/account-center', { enabled: true, fields: editableFields });
  });
  after(() => post?.close());

  let number = 0;
  const create = async (more: object = {}) => {
    number += 1;
    const name = `page_person_${number}`;
    const { body } = await api.post('/api/users', { username: name, password, ...more });
    return { id: body.id as string, name, page: await visitAccount(server.url, name, password) };
  };
  const locationOf = (answer: Response) => {
    assert.equal(answer.status, 303);
    return answer.headers.get('location') ?? '';
  };
  const logsOf = async (id: string, key: string) =>
    (await api.get(`/api/logs?userId=${id}&logKey=${key}`)).body.map(
      (entry: { payload: { result: string; params?: { field?: string } } }) => entry.payload,
    );
  const leadsToProof = (answer: Response, next: string) =>
    assert.equal(locationOf(answer), `/account/proof?next=${encodeURIComponent(next)}`);

  it('deletes the account after the grace period, unless the user cancels', async () => {
    const { page, id, name } = await create({ primaryEmail: 'leaver@example.com' });
    await page.prove(password);
    assert.equal((await page.get('/delete')).status, 400);
    assert.equal((await page.post('/delete')).status, 400);
    await api.patch('/api/account-center', { deletionGraceDays: 14 });
    const { page: unproved } = await create();
    leadsToProof(await unproved.post('/delete'), 'delete');

    assert.equal(locationOf(await page.post('/delete')), '/account');
    assert.ok((await (await page.get('')).text()).includes('Your account will be deleted on'));
    const { body: deletion } = await api.get(`/api/users/${id}/deletion`);
    assert.equal(deletion.deletesAt - deletion.requestedAt, 14 * 86_400_000);
    assert.deepEqual((await api.get('/api/account-deletions')).body, [deletion]);
    await post.post.arrived('leaver@example.com', /deletion of your account was requested/);

    const back = await visitAccount(server.url, name, password);
    assert.equal(locationOf(await back.post('/delete/cancel')), '/account?notice=deletionCanceled');
    assert.equal((await api.get(`/api/users/${id}/deletion`)).status, 404);
    await post.post.arrived('leaver@example.com', /deletion of your account was canceled/);
    const { sweep } = server.app.accountDeletions;
    assert.equal(await sweep(clock.now() + 15 * 86_400_000, () => false), 0);

    await page.prove(password);
    await page.post('/delete');
    assert.equal((await api.delete(`/api/users/${id}/deletion`)).status, 204);
    await page.post('/delete');
    assert.equal(await sweep(clock.now() + 13 * 86_400_000, () => false), 0);
    assert.equal(await sweep(clock.now() + 15 * 86_400_000, () => false), 1);
    assert.equal((await api.get(`/api/users/${id}`)).status, 404);
    assert.match(locationOf(await page.get('')), /\/oidc\/auth\?/);
    assert.deepEqual(
      (
        await Promise.all(['RequestDeletion', 'CancelDeletion', 'Delete'].map((key) => logsOf(id, `Account.${key}`)))
      ).map((entries) => entries.filter(({ result }: { result: string }) => result === 'Success').length),
      [3, 1, 1],
    );
    await api.patch('/api/account-center', { deletionGraceDays: null });
  });

  it('leads to the operator’s page for deletions in place of its own form, and to neither while one is scheduled', async () => {
    const { page } = await create();
    const own = 'https://app.test/delete-me';
    const linksOn = async () => {
      const home = await (await page.get('')).text();
      return ['/account/delete"', own].map((link) => home.split(link).length - 1);
    };
    assert.deepEqual(await linksOn(), [0, 0]);
    await api.patch('/api/account-center', { deletionGraceDays: 14 });
    assert.deepEqual(await linksOn(), [1, 0]);
    await api.patch('/api/account-center', { deleteAccountUrl: own });
    assert.deepEqual(await linksOn(), [0, 1]);
    await page.prove(password);
    await page.post('/delete');
    assert.deepEqual(await linksOn(), [0, 0]);
    await api.patch('/api/account-center', { deletionGraceDays: null, deleteAccountUrl: null });
  });

  it('deletes accounts that are due although the deletion of another one fails', async () => {
    await api.patch('/api/account-center', { deletionGraceDays: 14 });
    const [stuck, leaver] = [await create(), await create()];
    for (const { page } of [stuck, leaver]) {
      await page.prove(password);
      await page.post('/delete');
    }
    const { db } = server.tenant;
    await db.raw(`create function refuse_deletion() returns trigger language plpgsql as
      $$ begin raise exception 'not this one'; end $$`);
    await db.raw(`create trigger refused before delete on users for each row
      when (old.id = '${stuck.id}') execute function refuse_deletion()`);
    const { sweep } = server.app.accountDeletions;
    await assert.rejects(
      sweep(clock.now() + 15 * 86_400_000, () => false),
      /not this one/,
    );
    assert.equal((await api.get(`/api/users/${leaver.id}`)).status, 404);
    await db.raw('drop trigger refused on users');
    assert.equal(await sweep(clock.now() + 15 * 86_400_000, () => false), 1);
    assert.equal((await api.get(`/api/users/${stuck.id}`)).status, 404);
    await api.patch('/api/account-center', { deletionGraceDays: null });
  });
});
