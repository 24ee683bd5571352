import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { experienceClient } from '../support/agent.ts';
import { type CommandLine, commandLine } from '../support/command-line.ts';
import { manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

/**
 * The files have the form that each product documents for its export. For the source of the digests see
 * foreign.test.ts.
 */
const typed = 's3cret Ünïcödé';
/** Users sign in with either, and are asked for neither: many have no username elsewhere. */
const signsIn = {
  signUp: { identifiers: [], password: false, verify: false },
  signIn: {
    methods: ['email', 'username'].map((identifier) => ({
      identifier,
      password: true,
      verificationCode: false,
      isPasswordPrimary: true,
    })),
  },
};

const auth0 = [
  {
    user_id: 'auth0|6001',
    email: 'ada@auth0.example',
    email_verified: true,
    given_name: 'Ada',
    picture: 'https://img.test/a.png',
    user_metadata: { theme: 'dark' },
    app_metadata: { plan: 'pro' },
    created_at: '2020-01-02T03:04:05.000Z',
    identities: [
      { provider: 'auth0', user_id: '6001', connection: 'Username-Password-Authentication', isSocial: false },
      {
        provider: 'google-oauth2',
        user_id: '1055',
        connection: 'google-oauth2',
        isSocial: true,
        profileData: { email: 'ada@gmail.example' },
      },
    ],
    passwordHash: '$2b$06$J2HNKp3RG7PV5mMUQVBWcOx8emFTzwbaIy6kNLA/.m3ScB.V602Ku',
  },
  { user_id: 'auth0|6002', email: 'unproved@auth0.example', email_verified: false },
];
const firebase = {
  users: [
    {
      localId: 'aBcDeFgHiJkLmNoPqRsTuVwXyZ12',
      email: 'ada@firebase.example',
      emailVerified: true,
      passwordHash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
      salt: '42xEC+ixf3L2lw==',
      displayName: 'Ada',
      phoneNumber: '+34600111222',
      createdAt: '1577934245000',
      lastSignedInAt: '1577934246000',
      customAttributes: '{"plan":"pro"}',
      providerUserInfo: [
        { providerId: 'password', rawId: 'ada@firebase.example', email: 'ada@firebase.example' },
        { providerId: 'github.com', rawId: '77', displayName: 'Ada' },
      ],
    },
  ],
};
const hashParameters = {
  base64_signer_key: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  base64_salt_separator: 'Bw==',
  rounds: 8,
  mem_cost: 14,
};
const keycloak = {
  realm: 'shop',
  users: [
    {
      id: 'f0d9e0a5-3f43-4b41-9ac1-2f0a3e4d5c6b',
      createdTimestamp: 1_577_934_245_000,
      username: 'ada.lovelace',
      enabled: true,
      emailVerified: true,
      firstName: 'Ada',
      lastName: 'Lovelace',
      email: 'ada@keycloak.example',
      attributes: { locale: ['es'] },
      credentials: [
        {
          type: 'password',
          secretData: JSON.stringify({
            value: 'X82BwTUzsZolIqz+1lOpsAq/za9f1fsS4v9oDajTlZa0Ky30K0nWT36XNqYzauUxqPjHD92xkvpybbY+n7YLrg==',
            salt: 'MDEyMzQ1Njc4OWFiY2RlZg==',
            additionalParameters: {},
          }),
          credentialData: JSON.stringify({
            hashIterations: 27_500,
            algorithm: 'pbkdf2-sha256',
            additionalParameters: {},
          }),
        },
      ],
      federatedIdentities: [{ identityProvider: 'github', userId: '78', userName: 'ada' }],
    },
  ],
};
const logto = [
  {
    id: 'abc123def456',
    username: 'ada_l',
    primaryEmail: 'ada@logto.example',
    primaryPhone: null,
    name: 'Ada',
    avatar: null,
    customData: { plan: 'pro' },
    identities: { wechat: { userId: 'o6_bm', details: { name: 'Ada' } } },
    profile: {},
    lastSignInAt: 1_577_934_246_000,
    createdAt: 1_577_934_245_000,
    updatedAt: 1_577_934_245_000,
    applicationId: null,
    isSuspended: false,
    hasPassword: true,
    passwordDigest: '$2b$06$J2HNKp3RG7PV5mMUQVBWcOx8emFTzwbaIy6kNLA/.m3ScB.V602Ku',
    passwordAlgorithm: 'Bcrypt',
  },
];
const django = [
  {
    model: 'auth.user',
    pk: 7,
    fields: {
      password: 'pbkdf2_sha256$20000$seasalt$oku/jm6BJ3KzqQO6aS3isPgwaXlHacSLhZDunhXhbAw=',
      last_login: '2020-01-02T03:04:06Z',
      username: 'ada@work',
      first_name: 'Ada',
      last_name: 'Lovelace',
      email: 'ada@django.example',
      is_active: true,
      date_joined: '2020-01-02T03:04:05Z',
    },
  },
];

describe('Migration from another product with the command line', () => {
  let server: TestServer;
  let folder: string;
  let aldaba: CommandLine;
  before(async () => {
    server = await startServer();
    folder = await mkdtemp(join(tmpdir(), 'aldaba-moving-'));
    aldaba = commandLine(server, { dataFolder: folder });
    const api = await manage(server);
    assert.equal((await api.patch('/api/sign-in-exp', signsIn)).status, 200);
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const cases: [
    product: string,
    content: string,
    email: string,
    password: string,
    id: string | undefined,
    refused: number,
  ][] = [
    ['auth0', auth0.map((user) => JSON.stringify(user)).join('\n'), 'ada@auth0.example', typed, 'auth0|6001', 1],
    ['firebase', JSON.stringify(firebase), 'ada@firebase.example', 'user1password', 'aBcDeFgHiJkLmNoPqRsTuVwXyZ12', 0],
    ['keycloak', JSON.stringify(keycloak), 'ada@keycloak.example', typed, 'f0d9e0a5-3f43-4b41-9ac1-2f0a3e4d5c6b', 0],
    ['logto', JSON.stringify(logto), 'ada@logto.example', typed, 'abc123def456', 0],
    ['django', JSON.stringify(django), 'ada@django.example', typed, undefined, 0],
  ];
  for (const [product, content, email, password, id, refused] of cases) {
    it(`imports the users of ${product} with their passwords, identifiers and identities`, async () => {
      const file = join(folder, `${product}.json`);
      await writeFile(file, content);
      await writeFile(join(folder, 'hash.json'), JSON.stringify(hashParameters));
      const args = [
        'user',
        'import',
        file,
        '--from',
        product,
        '--hash-parameters',
        join(folder, 'hash.json'),
        '--json',
      ];
      const run = async () => JSON.parse((await aldaba(...args)).out);
      const { lines, ...summary } = (await run()) as { lines: { code: string }[] };
      assert.deepEqual(summary, { status: 'finished', line: 1 + refused, created: 1, skipped: 0, refused });
      assert.deepEqual(
        lines.map(({ code }) => code),
        refused ? ['user.email_not_verified'] : [],
      );
      const { app, tenant } = server;
      const user = await app.users.findByIdentifier(tenant.db, { type: 'email', value: email });
      if (id !== undefined) assert.equal(user?.id, id);
      assert.equal(user?.createdAt, 1_577_934_245_000);
      assert.ok(product === 'django' || Object.keys(user?.identities ?? {}).length === 1);
      await experienceClient(server.url).signIn({ type: 'email', value: email }, password);
      assert.equal((await run()).skipped, 1);
    });
  }

  it('writes an export that only its owner can read, and overwrites no file', async () => {
    const file = join(folder, 'users.ndjson');
    assert.match((await aldaba('user', 'export', file)).out, /Exported 5 users/);
    assert.match((await aldaba('user', 'export', file)).err, /already exists/);
  });
});
