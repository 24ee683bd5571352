import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { NewFactor, SecondFactors } from '../../server/src/features/people/mfa-verifications/index.ts';
import { adminTenantId } from '../../server/src/tenancy/address.ts';
import { type Manager, manage } from '../support/management.ts';
import { race } from '../support/race.ts';
import { startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { totpCode } from '../support/totp-app.ts';

const label = { issuer: 'Aldaba', account: 'ana' };

describe('Second factors in a sign-in', () => {
  const clock = { time: Date.now(), now: () => clock.time };
  let server: TestServer;
  let api: Manager;
  let factors: SecondFactors;
  let count = 0;
  before(async () => {
    server = await startServer({ world: { clock }, environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    factors = server.app.secondFactors;
  });
  after(() => server.close());

  const addPerson = async (): Promise<string> => {
    count += 1;
    return (await api.post('/api/users', { username: `ana_${count}` })).body.id;
  };
  const bind = (userId: string, ...given: NewFactor[]) =>
    server.tenant.db.transaction((tx) => factors.bind(tx, userId, given));
  const statusOf = (userId: string) => factors.statusOf(server.tenant.db, userId);
  const typesOf = async (userId: string) => (await statusOf(userId)).factors.map(({ type }) => type);
  /** A new app, as a person sets it up: its secret, and the factor that its first code proved. */
  const setUpTotp = () => {
    const { secret, secretSealed } = factors.newTotp(server.tenant, label);
    const step = factors.checkNewTotp(server.tenant, secretSealed, totpCode(secret, clock.time));
    assert.ok(step !== undefined);
    return { secret, factor: { type: 'Totp', secretSealed, step } satisfies NewFactor };
  };
  const makeCodes = () => {
    const { codes, codesSealed } = factors.newBackupCodes(server.tenant);
    return { codes, factor: { type: 'BackupCode', codesSealed } satisfies NewFactor };
  };
  /** Twenty concurrent requests: four that all find the factor unused, and the others after them. */
  const attempt = async (use: () => Promise<string | undefined>) => {
    const first = await race(server.app.database, 'mfa_verifications', [use, use, use, use]);
    const rest = await Promise.all(Array.from({ length: 16 }, use));
    return [...first, ...rest].filter((id) => id !== undefined);
  };
  const refusedWith = (code: string) => (error: { code?: string }) => error.code === code;

  describe('by an authenticator app', () => {
    const use = (userId: string, code: string) => factors.useTotp(server.tenant, userId, code);
    const addApp = async () => {
      const userId = await addPerson();
      const { secret, factor } = setUpTotp();
      await bind(userId, factor);
      const [bound] = (await statusOf(userId)).factors;
      assert.ok(bound);
      return { userId, secret, id: bound.id };
    };

    it('accepts the current code and the codes of 30 seconds before and after', async () => {
      const { userId, secret, id } = await addApp();
      clock.time += 10 * 60_000;
      assert.equal(await use(userId, totpCode(secret, clock.time - 30_000)), id);
      assert.equal(await use(userId, totpCode(secret, clock.time)), id);
      assert.equal(await use(userId, totpCode(secret, clock.time + 30_000)), id);
      assert.equal((await statusOf(userId)).factors[0]?.lastUsedAt, clock.time);
    });

    // security: second-factor-proof
    it('rejects wrong codes, codes of other times and codes of other users', async () => {
      const { userId, secret } = await addApp();
      const other = await addApp();
      clock.time += 10 * 60_000;
      for (const wrong of [
        totpCode(secret, clock.time - 60_000),
        totpCode(secret, clock.time + 60_000),
        totpCode(other.secret, clock.time),
        `${totpCode(secret, clock.time)}0`,
        '\0',
      ])
        assert.equal(await use(userId, wrong), undefined);
      assert.equal(await use(await addPerson(), totpCode(secret, clock.time)), undefined);
      assert.equal((await statusOf(userId)).factors[0]?.lastUsedAt, undefined);
    });

    // security: second-factor-proof
    it('accepts a code once, and no earlier code after it', async () => {
      const { userId, secret, id } = await addApp();
      clock.time += 10 * 60_000;
      const code = totpCode(secret, clock.time);
      assert.equal(await use(userId, code), id);
      assert.equal(await use(userId, code), undefined, 'again');
      assert.equal(await use(userId, totpCode(secret, clock.time - 30_000)), undefined, 'an older one');
      clock.time += 30_000;
      assert.equal(await use(userId, code), undefined, 'half a minute later');
      assert.equal(await use(userId, totpCode(secret, clock.time)), id);
    });

    // security: single-use, second-factor-proof
    it('count once, of twenty that come at once', async () => {
      const { userId, secret, id } = await addApp();
      clock.time += 10 * 60_000;
      const code = totpCode(secret, clock.time);
      assert.deepEqual(await attempt(() => use(userId, code)), [id]);
    });

    // security: second-factor-proof
    it('rejects the code that set up the app', async () => {
      const { userId, secret, id } = await addApp();
      assert.equal(await use(userId, totpCode(secret, clock.time)), undefined);
      assert.equal(await use(userId, totpCode(secret, clock.time + 30_000)), id);
    });

    // security: second-factor-proof
    it('need a code of the app before it is theirs, and leave no secret in sight', async () => {
      const { secret, secretSealed, secretQrCode } = factors.newTotp(server.tenant, label);
      assert.ok(!secretSealed.includes(secret));
      assert.deepEqual(factors.showNewTotp(server.tenant, secretSealed, label), { secret, secretQrCode });
      const code = totpCode(secret, clock.time - 90_000);
      assert.equal(factors.checkNewTotp(server.tenant, secretSealed, code), undefined);
      const admin = await server.app.tenancy.get(adminTenantId);
      assert.throws(() => factors.showNewTotp(admin, secretSealed, label), 'sealed for one tenant');
      assert.throws(() => factors.showNewBackupCodes(server.tenant, secretSealed), 'sealed for one purpose');
      const userId = await addPerson();
      await bind(userId, { type: 'Totp', secretSealed, step: 1 });
      const [row] = await server.tenant.db.raw<{ whole: string }>(
        'select f::text as whole from mfa_verifications f where user_id = $1',
        [userId],
      );
      assert.ok(row && !row.whole.includes(secret) && !row.whole.includes(secretSealed));
    });
  });

  describe('by backup codes', () => {
    const use = (userId: string, code: string) => factors.useBackupCode(server.tenant, userId, code);
    const addCodes = async () => {
      const userId = await addPerson();
      const { codes, factor } = makeCodes();
      await bind(userId, factor, setUpTotp().factor);
      const bound = (await statusOf(userId)).factors.find(({ type }) => type === 'BackupCode');
      assert.ok(bound);
      assert.equal(bound.remainCodes, 10);
      return { userId, codes, id: bound.id };
    };

    it('accepts each of the ten codes once', async () => {
      const { userId, codes, id } = await addCodes();
      const [last = '', first = ''] = [codes[9], codes[0]];
      assert.equal(await use(userId, last.toUpperCase()), id);
      assert.equal(await use(userId, first), id);
      for (const code of [last, first, '0123456789', '', '\0']) assert.equal(await use(userId, code), undefined);
      const bound = (await statusOf(userId)).factors.find(({ type }) => type === 'BackupCode');
      assert.deepEqual([bound?.remainCodes, bound?.lastUsedAt], [8, clock.time]);
      for (const code of codes.slice(1, 9)) assert.equal(await use(userId, code), id);
    });

    // security: single-use, second-factor-proof
    it('count once, of twenty that come at once', async () => {
      const { userId, codes, id } = await addCodes();
      assert.deepEqual(await attempt(() => use(userId, codes[3] ?? '')), [id]);
    });

    it('accepts backup codes of their own user only', async () => {
      const { codes } = await addCodes();
      const other = await addCodes();
      assert.equal(await use(other.userId, codes[0] ?? ''), undefined);
      assert.equal(await use(await addPerson(), codes[0] ?? ''), undefined);
    });

    it('shows new backup codes again until a user has stored them', () => {
      const { codes, factor } = makeCodes();
      assert.deepEqual(factors.showNewBackupCodes(server.tenant, factor.codesSealed), codes);
      for (const code of codes) assert.ok(!factor.codesSealed.includes(code));
    });
  });

  describe('and what decides about them', () => {
    it('is read in one statement', async () => {
      const userId = await addPerson();
      await bind(userId, setUpTotp().factor);
      const addedAt = clock.time;
      clock.time += 60_000;
      await bind(userId, makeCodes().factor);
      const { statements } = server.app.database;
      const before = statements.count;
      const { factors: held, ...rest } = await statusOf(userId);
      assert.equal(statements.count - before, 1);
      assert.deepEqual(
        held.map(({ id: _, ...factor }) => factor),
        [
          { type: 'Totp', createdAt: addedAt },
          { type: 'BackupCode', createdAt: clock.time, remainCodes: 10 },
        ],
      );
      assert.deepEqual(rest, {
        skipped: false,
        suggestionSkipped: false,
        skipMfaOnSignIn: false,
        passkeySkipped: false,
        isRequiredByOrganization: false,
        refusesTrustedDevices: false,
      });
      await assert.rejects(statusOf('nobody'), refusedWith('entity.not_found'));
    });

    it('is what the person chose', async () => {
      const userId = await addPerson();
      const chosen = async (config: object) => {
        assert.equal((await api.patch(`/api/users/${userId}/logto-configs`, config)).status, 200);
        const {
          factors: _,
          isRequiredByOrganization: __,
          refusesTrustedDevices: ___,
          ...choices
        } = await statusOf(userId);
        return choices;
      };
      assert.deepEqual(await chosen({ mfa: { enabled: false, skipped: true } }), {
        enabled: false,
        skipped: true,
        suggestionSkipped: false,
        skipMfaOnSignIn: false,
        passkeySkipped: false,
      });
      await chosen({ mfa: { skipMfaOnSignIn: true }, passkeySignIn: { skipped: true } });
      assert.deepEqual(await chosen({ mfa: { enabled: true, additionalBindingSuggestionSkipped: true } }), {
        enabled: true,
        skipped: true,
        suggestionSkipped: true,
        skipMfaOnSignIn: true,
        passkeySkipped: true,
      });
    });

    it('is whether one of the person’s organizations wants a second factor', async () => {
      const userId = await addPerson();
      const wants = async () => (await statusOf(userId)).isRequiredByOrganization;
      const join = async (body: object) => {
        const { id } = (await api.post('/api/organizations', body)).body;
        await api.post(`/api/organizations/${id}/users`, { userIds: [userId] });
        return id;
      };
      await api.post('/api/organizations', { name: 'Of others', isMfaRequired: true });
      await join({ name: 'Easy' });
      assert.equal(await wants(), false);
      const strict = await join({ name: 'Strict', isMfaRequired: true });
      assert.equal(await wants(), true);
      await api.patch(`/api/organizations/${strict}`, { isMfaRequired: false });
      assert.equal(await wants(), false);
    });
  });

  describe('that are added', () => {
    it('are one app, and one list of codes that is never alone', async () => {
      const userId = await addPerson();
      await assert.rejects(bind(userId, makeCodes().factor), refusedWith('session.mfa.backup_code_can_not_be_alone'));
      await assert.rejects(
        bind(userId, setUpTotp().factor, setUpTotp().factor),
        refusedWith('user.totp_already_in_use'),
      );
      assert.deepEqual(await typesOf(userId), []);
      await bind(userId, setUpTotp().factor);
      await assert.rejects(bind(userId, setUpTotp().factor), refusedWith('user.totp_already_in_use'));
      const { codes, factor } = makeCodes();
      await bind(userId, factor);
      await assert.rejects(bind(userId, makeCodes().factor), refusedWith('user.backup_code_already_in_use'));
      for (const code of codes) await factors.useBackupCode(server.tenant, userId, code);
      await bind(userId, makeCodes().factor);
      assert.deepEqual((await typesOf(userId)).sort(), ['BackupCode', 'Totp']);
    });

    it('are stored and rolled back with the transaction that they are part of', async () => {
      const userId = await addPerson();
      const failing = server.tenant.db.transaction(async (tx) => {
        await factors.bind(tx, userId, [setUpTotp().factor]);
        throw new Error('something else failed');
      });
      await assert.rejects(failing, /something else failed/);
      assert.deepEqual(await typesOf(userId), []);
      await assert.rejects(bind('nobody', setUpTotp().factor), refusedWith('entity.not_found'));
    });

    it('reports an added factor to webhooks as a change of the user, without a secret', async () => {
      const receiver = await startReceiver();
      try {
        const userId = await addPerson();
        await api.post('/api/hooks', { name: 'Mine', events: ['User.Data.Updated'], config: { url: receiver.url } });
        const { secret, factor } = setUpTotp();
        await bind(userId, factor);
        const request = await receiver.next();
        const payload = JSON.parse(request.body);
        assert.deepEqual([payload.event, payload.data.id], ['User.Data.Updated', userId]);
        assert.ok(!request.body.includes(secret));
      } finally {
        await receiver.close();
      }
    });
  });
});
