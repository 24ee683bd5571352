import assert from 'node:assert/strict';
import { createHash, pbkdf2Sync } from 'node:crypto';
import { describe, it } from 'node:test';
import { hash } from '@node-rs/argon2';
import { AldabaError } from '../../kernel/errors.ts';
import { createLimiter } from '../../kernel/limiter.ts';
import type { PasswordDigest } from './digest.ts';
import { assertUsableDigest, createPasswords, type PasswordPolicy, passwordIssues } from './index.ts';

const code = (expected: string) => (error: unknown) => error instanceof AldabaError && error.code === expected;

describe('Passwords at rest', () => {
  const passwords = createPasswords({ concurrency: 2, maximumQueue: 10 });

  it('accepts the right password and rejects others', async () => {
    const stored = await passwords.hash('correct horse');
    assert.equal(stored.algorithm, 'Argon2id');
    assert.deepEqual(await passwords.verify('correct horse', stored), { matches: true, outdated: false });
    assert.deepEqual(await passwords.verify('correct horsf', stored), { matches: false, outdated: false });
  });

  it('rejects every password for a user without a stored one', async () => {
    for (const attempt of ['', 'x', 'null', 'undefined']) {
      assert.deepEqual(await passwords.verify(attempt, undefined), { matches: false, outdated: false });
    }
  });

  const digestOf = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
  const imported: [string, PasswordDigest][] = [
    ['MD5', { algorithm: 'MD5', digest: digestOf('md5', 's3cret') }],
    ['SHA1', { algorithm: 'SHA1', digest: digestOf('sha1', 's3cret') }],
    ['SHA256 in capitals', { algorithm: 'SHA256', digest: digestOf('sha256', 's3cret').toUpperCase() }],
    [
      'Legacy with a salt',
      { algorithm: 'Legacy', digest: JSON.stringify(['sha512', ['salt', '@'], digestOf('sha512', 'salts3cret')]) },
    ],
    [
      'Legacy PBKDF2',
      {
        algorithm: 'Legacy',
        digest: JSON.stringify([
          'pbkdf2',
          ['salt', '1000', '20', 'sha512', '@'],
          pbkdf2Sync('s3cret', 'salt', 1000, 20, 'sha512').toString('hex'),
        ]),
      },
    ],
  ];
  for (const [name, digest] of imported) {
    it(`verifies imported ${name} and requests its replacement`, async () => {
      assertUsableDigest(digest);
      assert.deepEqual(await passwords.verify('s3cret', digest), { matches: true, outdated: true });
      assert.deepEqual(await passwords.verify('S3cret', digest), { matches: false, outdated: false });
    });
  }

  for (const [algorithm, number] of [
    ['Argon2d', 0],
    ['Argon2i', 1],
    ['Argon2id', 2],
  ] as const) {
    it(`verifies an imported weak ${algorithm} and requests its replacement`, async () => {
      const digest = await hash('s3cret', { algorithm: number, memoryCost: 1024, timeCost: 1, parallelism: 1 });
      assertUsableDigest({ digest, algorithm });
      assert.deepEqual(await passwords.verify('s3cret', { digest, algorithm }), { matches: true, outdated: true });
      assert.equal((await passwords.verify('secret', { digest, algorithm })).matches, false);
    });
  }

  // security: overload
  it('rejects imports that could not be verified later, or only at an excessive cost', () => {
    const refused: [PasswordDigest, string][] = [
      [{ algorithm: 'MD5', digest: 'zz' }, 'password.invalid_legacy_password_format'],
      [{ algorithm: 'SHA256', digest: '' }, 'password.invalid_legacy_password_format'],
      [{ algorithm: 'Legacy', digest: '{}' }, 'password.invalid_legacy_password_format'],
      [{ algorithm: 'Legacy', digest: '["sha256",["salt"],"00"]' }, 'password.invalid_legacy_password_format'],
      [
        { algorithm: 'Legacy', digest: '["pbkdf2",["s","999999999","20","sha1","@"],"00"]' },
        'password.invalid_legacy_password_format',
      ],
      [
        { algorithm: 'Argon2id', digest: '$argon2id$v=19$m=9999999,t=2,p=1$YWFhYWFhYWE$YWFhYWFhYWE' },
        'password.invalid_legacy_password_format',
      ],
      [
        { algorithm: 'Argon2i', digest: '$argon2id$v=19$m=1024,t=2,p=1$YWFhYWFhYWE$YWFhYWFhYWE' },
        'password.invalid_legacy_password_format',
      ],
    ];
    for (const [digest, expected] of refused)
      assert.throws(() => assertUsableDigest(digest), code(expected), digest.digest);
  });

  it('accepts a password however its letters are composed, and replaces digests of unnormalized ones', async () => {
    const [composed, decomposed] = ['Ünïcödé ﬁn', 'Ünïcödé fin'.normalize('NFD')];
    const stored = await passwords.hash(decomposed);
    assert.deepEqual(await passwords.verify(composed, stored), { matches: true, outdated: false });
    const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
    const old = { algorithm: 'Argon2id', digest: await hash(decomposed, parameters) } as const;
    assert.deepEqual(await passwords.verify(decomposed, old), { matches: true, outdated: true });
    assert.deepEqual(await passwords.verify('unicode fin', old), { matches: false, outdated: false });
  });

  // security: overload
  it('does not block the main thread while it hashes and verifies passwords', async () => {
    const stored = await passwords.hash('tulips');
    const works = { hash: () => passwords.hash('stone'), verify: () => passwords.verify('tulips', stored) };
    for (const [name, work] of Object.entries(works)) {
      let isOver = false;
      const over = work().finally(() => {
        isOver = true;
      });
      // Work on this thread would finish without a turn of the event loop, which this wait does not give.
      for (let turn = 0; turn < 100; turn += 1) await undefined;
      assert.equal(isOver, false, name);
      await over;
    }
  });

  it('does not fail on a malformed stored digest', async () => {
    for (const algorithm of ['Argon2id', 'Legacy', 'MD5', 'Bcrypt'] as const) {
      assert.equal((await passwords.verify('x', { algorithm, digest: 'broken' })).matches, false);
    }
  });
});

describe('Queue for password hashing', () => {
  // security: overload
  it('runs up to the limit at a time, keeps the order, and rejects what exceeds the queue', async () => {
    const limiter = createLimiter({ concurrency: 2, maximumQueue: 2 });
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const work = (id: number) =>
      limiter.run(
        () =>
          new Promise<void>((resolve) => {
            started.push(id);
            finish.push(resolve);
          }),
      );
    const running = [work(1), work(2), work(3), work(4)];
    await assert.rejects(work(5), code('request.overloaded'));
    assert.deepEqual(started, [1, 2]);
    finish[1]?.();
    await running[1];
    assert.deepEqual(started, [1, 2, 3]);
    finish[0]?.();
    await running[0];
    finish[2]?.();
    finish[3]?.();
    await Promise.all(running);
    assert.deepEqual(started, [1, 2, 3, 4]);
  });

  // security: overload
  it('delays rejections, whatever the number of callers, and serves queued callers immediately', async () => {
    const limiter = createLimiter({ concurrency: 1, maximumQueue: 0, refusalDelay: 50 });
    const held = Promise.withResolvers<void>();
    const running = limiter.run(() => held.promise);
    const outcomes: string[] = [];
    const refused = Array.from({ length: 500 }, () =>
      limiter.run(async () => 'yes').catch(() => outcomes.push('refused')),
    );
    await new Promise(setImmediate);
    assert.deepEqual(outcomes, []);
    held.resolve();
    await running;
    assert.equal(await limiter.run(async () => 'yes'), 'yes');
    await Promise.all(refused);
    assert.equal(outcomes.length, 500);
  });

  it('frees the slot after a failure', async () => {
    const limiter = createLimiter({ concurrency: 1, maximumQueue: 0 });
    await assert.rejects(
      limiter.run(() => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(await limiter.run(async () => 'yes'), 'yes');
  });
});

describe('Password policy', () => {
  const policy: PasswordPolicy = {
    length: { min: 8, max: 20 },
    characterTypes: { min: 2 },
    rejects: { pwned: true, repetitionAndSequence: true, userInfo: true, words: ['Acme'] },
  };
  const person = { username: 'marcopolo', name: 'Marco Emilio Polo', email: 'traveller@example.com' };
  const table: [string, string, string[]][] = [
    ['a passphrase', 'tulip & stone', []],
    ['other scripts', '密码很长的八个字啊1', []],
    ['too short', 'a1b2', ['too_short']],
    ['too long', 'ab1!'.repeat(6), ['too_long']],
    ['one type only', 'plainletters', ['character_types']],
    ['a control character', 'tulip\u0007stone', ['unsupported_characters']],
    ['one character again and again', 'aaaaaaaa1', ['restricted.repetition']],
    ['a count', '12345678a', ['pwned', 'restricted.sequence']],
    ['a keyboard row backwards', 'poiuytrew1', ['restricted.sequence']],
    ['a count at the end of enough else', 'tulipstone123', []],
    ['the username with a digit', 'MarcoPolo1', ['restricted.user_info']],
    ['the mail name with a digit', 'traveller1', ['restricted.user_info']],
    ['the username within enough else', 'marcopolo+tulips', []],
    ['one of the commonest', 'password1', ['pwned']],
    ['one of the commonest in capitals and full width', 'ＰＡＳＳＷＯＲＤ1', ['pwned']],
    ['a common one within enough else', 'password1 tulips', []],
    ['a forbidden word within enough else', 'tulip-ACME-stone', ['restricted.words']],
  ];
  for (const [name, password, expected] of table) {
    it(`${expected.length === 0 ? 'accepts' : 'rejects'} ${name}`, async () => {
      assert.deepEqual(
        (await passwordIssues(policy, password, person)).map((issue) => issue.code),
        expected.map((issue) => `password_rejected.${issue}`),
      );
    });
  }

  it('lets an operator disable the content rules for passwords', async () => {
    const lax = {
      ...policy,
      characterTypes: { min: 1 },
      rejects: { pwned: false, repetitionAndSequence: false, userInfo: false, words: [] },
    };
    assert.deepEqual(await passwordIssues(lax, 'marcopolo', person), []);
    assert.deepEqual(await passwordIssues(lax, '11111111', person), []);
  });
});
