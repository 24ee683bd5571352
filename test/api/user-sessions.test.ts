import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { createAgent, type Tokens, UnexpectedAnswer } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { movableClock } from '../support/clock.ts';
import { managedServer } from '../support/managed-server.ts';
import { assertRefused } from '../support/management.ts';

describe('Sessions and grants of a user', () => {
  const clock = movableClock();
  const suite = managedServer({ world: { clock } });

  const password = 'correct horse battery 1';
  const person = async (username: string) =>
    (await suite.api.post('/api/users', { username, password })).body.id as string;
  const signIn = async (username: string): Promise<Tokens> =>
    suite.app.redeem(await suite.app.signIn(username, password));
  const isRefused = (error: unknown) => error instanceof UnexpectedAnswer && error.status === 400;

  it('lists sessions with their applications, and grants', async () => {
    const userId = await person('ada');
    const [first, second] = [await signIn('ada'), await signIn('ada')];
    const { body, status } = await suite.api.get(`/api/users/${userId}/sessions`);
    assert.equal(status, 200);
    assert.deepEqual(
      body.sessions.map(({ payload }: { payload: { uid: string } }) => payload.uid),
      [second, first].map(({ id_token }) => decodeJwt(id_token).sid),
    );
    const [session] = body.sessions;
    assert.equal(session.clientId, 'demo-app');
    assert.equal(session.payload.authorizations['demo-app'].persistsLogout, true);
    assert.equal(session.payload.exp, Math.floor(session.expiresAt / 1000));
    assert.deepEqual((await suite.api.get(`/api/users/${userId}/sessions/${session.payload.uid}`)).body, session);

    const { grants } = (await suite.api.get(`/api/users/${userId}/grants`)).body;
    assert.equal(grants.length, 2);
    assert.deepEqual(grants[0].application, { id: 'demo-app', name: 'Demo app' });
    assert.equal(grants[0].payload.clientId, 'demo-app');
    assert.deepEqual((await suite.api.get(`/api/users/${userId}/grants?appType=firstParty`)).body.grants, grants);
    assert.deepEqual((await suite.api.get(`/api/users/${userId}/grants?appType=thirdParty`)).body.grants, []);
  });

  it('returns the methods of the last sign-in, without the password', async () => {
    const userId = await person('hopper');
    await signIn('hopper');
    const { body } = await suite.api.get(`/api/users/${userId}/sessions`);
    const [{ lastSubmission, payload }] = body.sessions;
    const [record] = lastSubmission.verificationRecords;
    assert.deepEqual(lastSubmission, {
      interactionEvent: 'SignIn',
      userId,
      verificationRecords: [
        { id: record.id, type: 'Password', identifier: { type: 'username', value: 'hopper' }, verified: true },
      ],
    });
    const { body: one } = await suite.api.get(`/api/users/${userId}/sessions/${payload.uid}`);
    assert.deepEqual(one.lastSubmission, lastSubmission);
    await suite.app.register('newcomer', password);
    const { id } = (await suite.api.get('/api/users?search.username=newcomer')).body[0];
    const [session] = (await suite.api.get(`/api/users/${id}/sessions`)).body.sessions;
    assert.equal(session.lastSubmission.interactionEvent, 'Register');
    assert.equal(session.lastSubmission.userId, id);
    const [first] = session.lastSubmission.verificationRecords;
    assert.deepEqual(first, {
      id: first.id,
      type: 'NewPasswordIdentity',
      identifier: { type: 'username', value: 'newcomer' },
    });
  });

  /** What an operator does to a credential, and the answer's status. */
  const replacements: [what: string, change: (userId: string, option: object) => Promise<{ status: number }>][] = [
    [
      // security: old-passwords
      'end when an operator sets the password, unless told otherwise',
      (userId, option) =>
        suite.api.patch(`/api/users/${userId}/password`, { password: 'another battery 2', ...option }),
    ],
    [
      'end when an operator replaces a linked account, unless told otherwise',
      (userId, option) =>
        suite.api.put(`/api/users/${userId}/identities/wechat`, { userId: `new ${userId}`, ...option }),
    ],
    [
      'end when an operator removes a linked account, unless told otherwise',
      (userId, option) =>
        suite.api.delete(`/api/users/${userId}/identities/wechat?${new URLSearchParams(option as never)}`),
    ],
    [
      // security: old-passwords
      'end when an operator removes a second factor, unless told otherwise',
      async (userId, option) => {
        const factors = `/api/users/${userId}/mfa-verifications`;
        const [{ id }] = (await suite.api.get(factors)).body;
        return suite.api.delete(`${factors}/${id}?${new URLSearchParams(option as never)}`);
      },
    ],
  ];
  for (const [place, [what, change]] of replacements.entries()) {
    it(what, async () => {
      for (const [option, expected] of [
        [{}, 0],
        [{ revokeSessions: false }, 1],
      ] as const) {
        const name = `replaced_${place}_${expected}`;
        const userId = await person(name);
        const tokens = await signIn(name);
        await suite.api.put(`/api/users/${userId}/identities/wechat`, { userId });
        await suite.api.post(`/api/users/${userId}/mfa-verifications`, { type: 'Totp' });
        assert.equal(
          (await suite.api.get(`/api/users/${userId}/sessions`)).body.sessions.length,
          1,
          'adding one ends nothing',
        );
        const { status } = await change(userId, option);
        assert.ok(status === 200 || status === 204, String(status));
        const { sessions } = (await suite.api.get(`/api/users/${userId}/sessions`)).body;
        assert.equal(sessions.length, expected);
        if (expected) await suite.app.refresh(tokens.refresh_token);
        else await assert.rejects(suite.app.refresh(tokens.refresh_token), isRefused);
      }
    });
  }

  it('shows when a session was last used: a sign-in, a refresh and a return of the browser, to a minute', async () => {
    const userId = await person('barbara');
    const path = `/api/users/${userId}/sessions`;
    const lastActive = async () => (await suite.api.get(path)).body.sessions[0].lastActiveAt as number;
    const isNow = async () => Math.abs((await lastActive()) - clock.now()) < 5000;
    const agent = createAgent();
    const tokens = await suite.app.redeem(await suite.app.signIn('barbara', password, agent));
    assert.ok(await isNow());
    const first = await lastActive();
    clock.ahead += 50_000;
    const again = await suite.app.refresh(tokens.refresh_token);
    assert.equal(await lastActive(), first, 'within a minute nothing is written');
    clock.ahead += 50_000;
    await suite.app.refresh(again.refresh_token);
    assert.ok(await isNow());
    clock.ahead += 70_000;
    const { url } = authorization({ endpoint: suite.server.url, clientId: 'demo-app', extra: { prompt: 'none' } });
    assert.match((await agent.fetch(url)).headers.get('location') ?? '', /code=/);
    assert.ok(await isNow());
  });

  it('ends sessions one by one, and revokes their offline grants only on request', async () => {
    const userId = await person('grace');
    const [kept, ended] = [await signIn('grace'), await signIn('grace')];
    const sid = (tokens: Tokens) => decodeJwt(tokens.id_token).sid;
    const path = `/api/users/${userId}/sessions`;
    assert.equal((await suite.api.delete(`${path}/${sid(kept)}`)).status, 204);
    const again = await suite.app.refresh(kept.refresh_token);
    assert.equal((await suite.api.delete(`${path}/${sid(ended)}?revokeGrantsTarget=firstParty`)).status, 204);
    await assert.rejects(suite.app.refresh(ended.refresh_token), isRefused);
    await suite.app.refresh(again.refresh_token);
    assert.deepEqual((await suite.api.get(path)).body, { sessions: [] });
    assertRefused(await suite.api.get(`${path}/${sid(kept)}`), 404, 'oidc.session_not_found');
    assertRefused(await suite.api.delete(`${path}/${sid(kept)}`), 404, 'oidc.session_not_found');
    assertRefused(await suite.api.delete(`${path}/x?revokeGrantsTarget=some`), 400, 'guard.invalid_input');
    const revoked = (await suite.api.get(`/api/logs?logKey=RevokeGrants&userId=${userId}`)).body;
    assert.deepEqual(
      revoked.map(({ payload }: { payload: { applicationId: string } }) => payload.applicationId),
      ['demo-app'],
    );
  });

  it('keeps the authorization of an application that revoked its refresh token, until the session ends', async () => {
    const userId = await person('joan');
    const tokens = await signIn('joan');
    const path = `/api/users/${userId}/sessions`;
    const before = (await suite.api.get(path)).body.sessions[0];
    const revoked = await fetch(`${suite.server.url}/oidc/token/revocation`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'demo-app', token: tokens.refresh_token }),
    });
    assert.equal(revoked.status, 200);
    await assert.rejects(suite.app.refresh(tokens.refresh_token), isRefused);
    assert.deepEqual((await suite.api.get(`/api/users/${userId}/grants`)).body.grants, []);
    const after = (await suite.api.get(path)).body.sessions[0];
    assert.equal(after.clientId, 'demo-app');
    assert.ok(after.payload.authorizations['demo-app'].grantId);
    assert.deepEqual(after, before);
  });

  it('ends the tokens of a revoked grant', async () => {
    const userId = await person('mary');
    const tokens = await signIn('mary');
    const { grants } = (await suite.api.get(`/api/users/${userId}/grants`)).body;
    assert.equal((await suite.api.delete(`/api/users/${userId}/grants/${grants[0].id}`)).status, 204);
    await assert.rejects(suite.app.refresh(tokens.refresh_token), isRefused);
    assertRefused(await suite.api.delete(`/api/users/${userId}/grants/${grants[0].id}`), 404, 'oidc.invalid_grant');
  });

  it('reads and ends sessions and grants only through their own user', async () => {
    const [userId, other] = [await person('linus'), await person('other_user')];
    const tokens = await signIn('linus');
    const sid = decodeJwt(tokens.id_token).sid;
    const { grants } = (await suite.api.get(`/api/users/${userId}/grants`)).body;
    assertRefused(await suite.api.get(`/api/users/${other}/sessions/${sid}`), 404, 'oidc.session_not_found');
    assertRefused(await suite.api.delete(`/api/users/${other}/sessions/${sid}`), 404, 'oidc.session_not_found');
    assertRefused(await suite.api.delete(`/api/users/${other}/grants/${grants[0].id}`), 404, 'oidc.invalid_grant');
    await suite.app.refresh(tokens.refresh_token);
  });
});
