import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scimUrn } from '@aldaba/contract/scim';
import { manage } from '../support/management.ts';
import { assertScimError, directoryOf, person, type ScimClient, type ScimReply } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('SCIM requests at the same time', () => {
  let server: TestServer;
  let scim: ScimClient;
  before(async () => {
    server = await startServer();
    scim = await directoryOf(await manage(server), server.tenant.baseUrl);
  });
  after(() => server.close());

  const group = (displayName: string, more: object = {}) => ({ schemas: [scimUrn.group], displayName, ...more });
  const title = (value: string) => ({ Operations: [{ op: 'replace', path: 'title', value }] });
  const kinds: [kind: string, path: string, made: object, writes: [method: string, body?: object][]][] = [
    [
      'a user',
      '/Users',
      person('race@example.com'),
      [
        ['PATCH', title('A')],
        ['PATCH', title('B')],
        ['PUT', person('race@example.com', { title: 'C' })],
        ['PUT', person('race@example.com', { title: 'D' })],
        ['DELETE'],
      ],
    ],
    [
      'a group',
      '/Groups',
      group('Race'),
      [
        ['PATCH', { Operations: [{ op: 'replace', path: 'displayName', value: 'A' }] }],
        ['PATCH', { Operations: [{ op: 'replace', path: 'displayName', value: 'B' }] }],
        ['PUT', group('C')],
        ['PUT', group('D')],
        ['DELETE'],
      ],
    ],
  ];
  for (const [kind, path, made, writes] of kinds)
    it(`change ${kind} once when all of them name the same version`, async () => {
      for (let round = 0; round < 6; round += 1) {
        const { body, headers } = await scim.post(path, made);
        const version = { 'if-match': headers.get('etag') ?? '' };
        const replies = await Promise.all(
          writes.map(([method, given]) =>
            scim.send(method, `${path}/${body.id}`, { headers: version, ...(given ? { body: given } : {}) }),
          ),
        );
        const won = replies.filter(({ status }) => status < 300);
        assert.equal(won.length, 1, JSON.stringify(replies.map(({ status }) => status)));
        for (const reply of replies) if (!won.includes(reply)) assert.ok([404, 412].includes(reply.status));
        const now = await scim.get(`${path}/${body.id}`);
        const [winner] = won as [ScimReply];
        if (winner.status === 204) assertScimError(now, 404);
        else {
          assert.deepEqual(now.body, winner.body);
          assert.equal((await scim.delete(`${path}/${body.id}`)).status, 204);
        }
      }
    });

  it('create a user, and a group of an externalId, once', async () => {
    for (const [path, made] of [
      ['/Users', person('twice@example.com', { externalId: 'twice' })],
      ['/Groups', group('Twice', { externalId: 'twice' })],
    ] as const) {
      const replies = await Promise.all(Array.from({ length: 6 }, () => scim.post(path, made)));
      assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409], path);
      for (const reply of replies) if (reply.status === 409) assertScimError(reply, 409, 'uniqueness');
    }
  });

  it('add all members to a group, each of which names one', async () => {
    const { body } = await scim.post('/Groups', group('Many'));
    const ids = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => (await scim.post('/Users', person(`m${at}@example.com`))).body.id),
    );
    const replies = await Promise.all(
      ids.map((value) => scim.patch(`/Groups/${body.id}`, { op: 'Add', path: 'members', value: [{ value }] })),
    );
    assert.ok(
      replies.every(({ status }) => status < 300),
      JSON.stringify(replies.map((reply) => reply.body)),
    );
    const { members } = (await scim.get(`/Groups/${body.id}`)).body as { members: { value: string }[] };
    assert.deepEqual(members.map(({ value }) => value).sort(), ids.sort());
  });
});
