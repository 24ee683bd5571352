import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AldabaError } from '../../../kernel/errors.ts';
import { createPasswords, type PasswordDigest } from '../index.ts';
import { assertUsableDigest } from './index.ts';

/*
 * Sources of the vectors: bcrypt of crypt_blowfish 1.3 (wrapper.c, public domain); Firebase of the README of
 * github.com/firebase/scrypt; Django 5.2.19, passlib 1.7.4, bcrypt 5.0.0 and argon2-cffi in Python for the others, and
 * Python's hashlib and hmac for those of Auth0 and Keycloak, with the parameters that these products use.
 */
const typed = 's3cret Ünïcödé';
const salt = { base64: 'MDEyMzQ1Njc4OWFiY2RlZg==', utf8: '0123456789abcdef' };

const keycloak = (algorithm: string, hashIterations: number, value: string, additionalParameters: object = {}) =>
  JSON.stringify({
    type: 'password',
    secretData: JSON.stringify({ value, salt: salt.base64, additionalParameters: {} }),
    credentialData: JSON.stringify({ hashIterations, algorithm, additionalParameters }),
  });
const firebase = (more: object = {}) =>
  JSON.stringify({
    passwordHash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    salt: '42xEC+ixf3L2lw==',
    signerKey: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
    saltSeparator: 'Bw==',
    rounds: 8,
    memCost: 14,
    ...more,
  });
const auth0Scrypt = (more: object = {}) =>
  JSON.stringify({
    algorithm: 'scrypt',
    hash: {
      value:
        '92629456a0df4fdbabffb4ff140225d79b44b6d933cca6264a8baff8237e821a65011a644da38ef3d43e4737332fde35b79d0a71436ccab19fefbfe4f9238052',
      encoding: 'hex',
    },
    salt: { value: salt.utf8, encoding: 'utf8' },
    password: { encoding: 'utf8' },
    keylen: 64,
    cost: 16_384,
    blockSize: 8,
    parallelization: 1,
    ...more,
  });

const vectors: [name: string, algorithm: PasswordDigest['algorithm'], digest: string, password?: string][] = [
  ['bcrypt $2a$', 'Bcrypt', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
  ['bcrypt $2y$', 'Bcrypt', '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
  ['bcrypt $2b$', 'Bcrypt', '$2b$06$J2HNKp3RG7PV5mMUQVBWcOx8emFTzwbaIy6kNLA/.m3ScB.V602Ku'],
  ['bcrypt $2a$ of letters beyond ASCII', 'Bcrypt', '$2a$06$T5iiWTwMYQvNFj2IVO4TsO1MNirJWD7PoYDpX5C1n0sscWenLU22u'],
  [
    'bcrypt of a password beyond its 72 bytes',
    'Bcrypt',
    '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui',
    '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored',
  ],
  ['Django PBKDF2', 'Django', 'pbkdf2_sha256$20000$seasalt$oku/jm6BJ3KzqQO6aS3isPgwaXlHacSLhZDunhXhbAw='],
  ['Django PBKDF2 with SHA-1', 'Django', 'pbkdf2_sha1$20000$seasalt$48Gct3K8OI3uLDgnm1zM6eYesTs='],
  [
    'Django scrypt',
    'Django',
    'scrypt$16384$seasalt$8$5$tMNwRXKiENSBWOozNJrtBjxV4vi1pMWChncvNFm+4/Q/wWAONP9RhM1dgBQ78+wYlCYQbOLZpmF9lBcDdU3Oog==',
  ],
  [
    'Django Argon2',
    'Django',
    'argon2$argon2id$v=19$m=1024,t=1,p=1$c2Vhc2FsdDEy$4Q/u/0M0y8wD57yOGUVnuQZ9vj5CVaoFjyxY9dSWfqg',
  ],
  ['Django bcrypt of SHA-256', 'Django', 'bcrypt_sha256$$2b$05$tTWsFqqOxfhaHYoZywWpQOkrdqIvh0UOF7EGY4lOrkOR/mV1rKnP2'],
  ['Django bcrypt', 'Django', 'bcrypt$$2b$05$E7y3WKOSH/7XE2y2/rRb1ehXH1FKStZ1ImtC1U2n9ama4GHFuSvgG'],
  ['Django MD5', 'Django', 'md5$seasalt$eb2afad7ba32a2ee6759f7b98dd7cb2c'],
  [
    'passlib PBKDF2 with SHA-256',
    'Pbkdf2',
    '$pbkdf2-sha256$20000$pfS.FwIgxPifcw7hPCcE4A$5q/rybCA9xAJ1DXW0brhVqyG1cwGYeXZTl2nvGL6eU0',
  ],
  [
    'passlib PBKDF2 with SHA-512',
    'Pbkdf2',
    '$pbkdf2-sha512$20000$55yzNuZ8D.H83/tfS8l5Lw$YZ3p1fe5BuOFQpvCo5fphdKCG9I1..uBPVwXXc35Bc6Ky/Ezne5knD79SC6.LCwWF/gTQQyFu2uqCDtmAJpV0g',
  ],
  ['passlib PBKDF2 with SHA-1', 'Pbkdf2', '$pbkdf2$20000$VaoVonQO4VwrJSQkRGhtbQ$io87ifIHfLx6zZ8iA40nvDZwl4k'],
  [
    'passlib scrypt',
    'Scrypt',
    '$scrypt$ln=10,r=8,p=1$ZSyFkBJi7P3fW+u9V+pdSw$rZLqUe0Stek+YS4kJl5LaP8L1jJNrKLiuLJLQjWJvvU',
  ],
  ['Auth0 scrypt', 'Auth0', auth0Scrypt()],
  [
    'Auth0 scrypt with its defaults',
    'Auth0',
    auth0Scrypt({ cost: undefined, blockSize: undefined, parallelization: undefined }),
  ],
  [
    'Auth0 PBKDF2',
    'Auth0',
    JSON.stringify({
      algorithm: 'pbkdf2',
      hash: {
        value:
          '$pbkdf2-sha512$i=100000,l=64$MDEyMzQ1Njc4OWFiY2RlZg$AV/vDLXPciRuzjwCkGsuziAILakdVbudAdO9G4t8nfc/8qw0yIOgZ4jSOf/K+H/o+JvsLq1trRpI+0zROXfBUw',
        encoding: 'utf8',
      },
    }),
  ],
  [
    'Auth0 bcrypt',
    'Auth0',
    JSON.stringify({
      algorithm: 'bcrypt',
      hash: { value: '$2b$06$J2HNKp3RG7PV5mMUQVBWcOx8emFTzwbaIy6kNLA/.m3ScB.V602Ku' },
    }),
  ],
  [
    'Auth0 SHA-256 with the salt before',
    'Auth0',
    JSON.stringify({
      algorithm: 'sha256',
      hash: { value: '35cb3c2fba0be246b3611339968d76588f2e5117f7067e0e4a35ad617aa52e0b', encoding: 'hex' },
      salt: { value: salt.utf8, position: 'prefix' },
    }),
  ],
  [
    'Auth0 SHA-512 with the salt behind',
    'Auth0',
    JSON.stringify({
      algorithm: 'sha512',
      hash: {
        value:
          '485287c525296b65b84586f70ad36cdfe392703c6952e62e288c4f7065f33a3a8cd6a297e1d8b3d35f50e16abee1d620900cdbcc6a05333c969df4ff12c17fda',
        encoding: 'hex',
      },
      salt: { value: salt.base64, encoding: 'base64', position: 'suffix' },
    }),
  ],
  [
    'Auth0 HMAC',
    'Auth0',
    JSON.stringify({
      algorithm: 'hmac',
      hash: {
        value: 'eb4cb2ed94ab6f334ac21d1820e8a6c796ec8f6f7d8ff7bf4cea54ad3ad286af',
        encoding: 'hex',
        digest: 'sha256',
        key: { value: 'key of the app' },
      },
    }),
  ],
  ['Firebase scrypt', 'Firebase', firebase(), 'user1password'],
  [
    'Keycloak PBKDF2 with SHA-256',
    'Keycloak',
    keycloak(
      'pbkdf2-sha256',
      27_500,
      'X82BwTUzsZolIqz+1lOpsAq/za9f1fsS4v9oDajTlZa0Ky30K0nWT36XNqYzauUxqPjHD92xkvpybbY+n7YLrg==',
    ),
  ],
  [
    'Keycloak PBKDF2 with SHA-512',
    'Keycloak',
    keycloak(
      'pbkdf2-sha512',
      30_000,
      'AfOrl02JFZsyvvilab15FjkwQHtu3+F9x0wMliWR3jGN6VLPuTX6iGHD6RFJtIZGvV7Qf5+QHqJ8QxKHmUeJ8w==',
    ),
  ],
  [
    'Keycloak PBKDF2 with SHA-1',
    'Keycloak',
    keycloak(
      'pbkdf2',
      20_000,
      'YHWuXA3G93TTT3a5ImbmWM4IZUj7jNuQ0azj7p2E7tUAYq1sxG7usyJ/wkEixKLyuP0DQHfhuzbLV5/dOhM4SA==',
    ),
  ],
  [
    'Keycloak Argon2',
    'Keycloak',
    keycloak('argon2', 5, 'Yxu6Od3suMo3hDIwEUSyS1vU7BPRvfwI2t5tf2vQBNI=', {
      hashLength: ['32'],
      memory: ['7168'],
      type: ['id'],
      version: ['1.3'],
      parallelism: ['1'],
    }),
  ],
];

describe('Passwords hashed by other products', () => {
  const passwords = createPasswords({ concurrency: 2, maximumQueue: 10 });
  for (const [name, algorithm, digest, password = typed] of vectors) {
    it(`accepts a password hashed as ${name}, and replaces its digest`, async () => {
      assertUsableDigest({ algorithm, digest });
      assert.deepEqual(await passwords.verify(password, { algorithm, digest }), { matches: true, outdated: true });
      const wrong = `x${password}`;
      assert.deepEqual(await passwords.verify(wrong, { algorithm, digest }), { matches: false, outdated: false });
    });
  }

  it('accepts a foreign password as it was typed there, and in normalized form', async () => {
    const decomposed = typed.normalize('NFD');
    assert.notEqual(decomposed, typed);
    const digest = {
      algorithm: 'Bcrypt',
      digest: '$2b$06$J2HNKp3RG7PV5mMUQVBWcOx8emFTzwbaIy6kNLA/.m3ScB.V602Ku',
    } as const;
    assert.equal((await passwords.verify(decomposed, digest)).matches, true);
  });

  const refused: [why: string, algorithm: PasswordDigest['algorithm'], digest: string][] = [
    ['too short', 'Bcrypt', '$2b$10$abcdefghijklmnopqrstuv'],
    ['of a cost beyond the limit', 'Bcrypt', '$2b$16$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['of a cost that there is not', 'Bcrypt', '$2b$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['of the broken variant', 'Bcrypt', '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['of an unknown kind', 'Django', 'crypt$$abc'],
    [
      'with too many iterations',
      'Django',
      'pbkdf2_sha256$900000000$seasalt$oku/jm6BJ3KzqQO6aS3isPgwaXlHacSLhZDunhXhbAw=',
    ],
    ['with no iteration', 'Django', 'pbkdf2_sha256$0$seasalt$oku/jm6BJ3KzqQO6aS3isPgwaXlHacSLhZDunhXhbAw='],
    ['without a salt', 'Django', 'pbkdf2_sha256$20000$$oku/jm6BJ3KzqQO6aS3isPgwaXlHacSLhZDunhXhbAw='],
    ['so short that any password may fit', 'Pbkdf2', '$pbkdf2-sha256$20000$pfS.FwIgxPifcw7hPCcE4A$5q/r'],
    [
      'of another length than it says',
      'Pbkdf2',
      '$pbkdf2-sha512$i=100000,l=64$MDEyMzQ1Njc4OWFiY2RlZg$AV/vDLXPciRuzjwCkGsuzg',
    ],
    [
      'that needs a gibibyte',
      'Scrypt',
      '$scrypt$ln=20,r=8,p=1$ZSyFkBJi7P3fW+u9V+pdSw$rZLqUe0Stek+YS4kJl5LaP8L1jJNrKLiuLJLQjWJvvU',
    ],
    ['with a cost that is no power of 2', 'Auth0', auth0Scrypt({ cost: 16_383 })],
    ['that is no document', 'Auth0', '$2b$10$'],
    ['of an unsupported algorithm', 'Auth0', JSON.stringify({ algorithm: 'md4', hash: { value: '00' } })],
    ['with too high a memory cost', 'Firebase', firebase({ memCost: 24 })],
    ['with a signer key of another project', 'Firebase', firebase({ signerKey: 'Bw==' })],
    ['without hash parameters', 'Firebase', JSON.stringify({ passwordHash: 'AAAA', salt: 'AAAA' })],
    ['of a provider of its own', 'Keycloak', keycloak('my-hash', 1, 'AAAA')],
    ['without its secret', 'Keycloak', JSON.stringify({ credentialData: '{}' })],
  ];
  for (const [why, algorithm, digest] of refused) {
    it(`rejects the import of a ${algorithm} digest that is ${why}`, () => {
      assert.throws(
        () => assertUsableDigest({ algorithm, digest }),
        (error) => error instanceof AldabaError && error.status === 422,
      );
    });
  }
});
