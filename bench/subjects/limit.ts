/**
 * What the machine allows: bare node:http that answers given bytes after the least work that such an answer needs,
 * which is signatures, round trips over `pg` with named statements, or an Argon2 hash. It decides nothing, so nothing
 * is saved on it.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hash as hashPassword, verify as verifyPassword } from '@node-rs/argon2';
import { Pool } from 'pg';
import { answer } from '../channel.ts';

export interface Plan {
  status: number;
  /** The answer's headers and bytes, as the measured server sent them. */
  headers: Record<string, string | string[]>;
  body: string;
  /** ES256 signatures to make and to check. */
  signatures?: number;
  verifications?: number;
  statement?: keyof typeof statements;
  /** Verifies a password: Argon2id, 19 MiB, 2 passes, 1 lane. */
  hash?: boolean;
}

const tables = `
  create table users (id text primary key, profile jsonb not null, created_at timestamptz not null default now());
  create index on users (created_at desc, id);
  create table tokens (hash text primary key, user_id text not null, payload jsonb not null, consumed_at timestamptz, expires_at timestamptz not null);
  create index on tokens (expires_at);
  create table interactions (id text primary key, state jsonb, expires_at timestamptz not null);
  insert into users (id, profile) select 'user-' || n, jsonb_build_object('username', 'user' || n, 'name', 'User ' || n, 'avatar', null, 'custom', '{}'::jsonb)
    from generate_series(0, 999) n;
  insert into tokens select 'token-' || n, 'user-' || n, jsonb_build_object('scope', 'openid profile', 'client', 'bench'), null, now() + interval '1 day'
    from generate_series(0, 999) n;
  insert into interactions select 'interaction-' || n, '{}', now() + interval '1 hour' from generate_series(0, 999) n;
  analyze;
`;

const statements = {
  /** An opaque token with its user. */
  userinfo: {
    text: 'select t.payload, t.expires_at, u.profile from tokens t join users u on u.id = t.user_id where t.hash = $1',
    values: (n: number) => [`token-${n % 1000}`],
  },
  /** A refresh token consumed and its successor stored, in one statement and one commit. */
  rotation: {
    text: `with old as (update tokens set consumed_at = now() where hash = $1 returning user_id, payload),
      fresh as (insert into tokens select $2, user_id, payload, null, now() + interval '14 days' from old)
      select old.payload, u.profile from old join users u on u.id = old.user_id`,
    values: (n: number) => [`token-${n % 1000}`, createHash('sha256').update(randomBytes(32)).digest('base64url')],
  },
  /** A page of 20 and the number of all. */
  page: {
    text: 'select u.*, (select count(*) from users) as total from users u order by created_at desc, id limit 20 offset $1',
    values: (n: number) => [(n % 50) * 20],
  },
  /** A step of an interaction: its state read and replaced. */
  step: {
    text: "update interactions set state = $2, expires_at = now() + interval '1 hour' where id = $1 returning state",
    values: (n: number) => [
      `interaction-${n % 1000}`,
      JSON.stringify({ version: 1, step: n, proofs: [{ type: 'Password', user: 'user-1' }] }),
    ],
  },
};

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const token = Buffer.from(
  `${encode({ alg: 'ES256', typ: 'at+jwt', kid: 'a'.repeat(43) })}.${encode({ jti: 'j'.repeat(21), sub: 'user-1', iat: 1, exp: 3601, scope: 'read write', client_id: 'c'.repeat(21), iss: 'http://127.0.0.1:3001/oidc', aud: 'https://bench.example/api' })}`,
);
const signToken = () => sign('sha256', token, { key: privateKey, dsaEncoding: 'ieee-p1363' });
const signature = signToken();

const plans = new Map<string, Plan>();
let pool: Pool;
let digest: string;
let sent = 0;
let served = 0;

async function work(plan: Plan): Promise<void> {
  for (let n = plan.verifications ?? 0; n > 0; n -= 1)
    verify('sha256', token, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  if (plan.statement) {
    const { text, values } = statements[plan.statement];
    sent += 1;
    await pool.query({ name: plan.statement, text, values: values(served) });
  }
  if (plan.hash) await verifyPassword(digest, 'a password that is right');
  for (let n = plan.signatures ?? 0; n > 0; n -= 1) signToken();
}

function readToEnd(request: IncomingMessage): Promise<void> {
  return new Promise((resolve, reject) => request.once('end', resolve).once('error', reject).resume());
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers['content-length'] !== undefined) await readToEnd(request);
  const plan = plans.get(`${request.method} ${request.url}`);
  if (!plan) {
    response.writeHead(404).end();
    return;
  }
  served += 1;
  await work(plan);
  response.writeHead(plan.status, { ...plan.headers, 'content-length': Buffer.byteLength(plan.body) }).end(plan.body);
}

answer(
  {
    async start({ databaseUrl, poolSize }: { databaseUrl: string; poolSize: number }) {
      pool = new Pool({ connectionString: databaseUrl, max: poolSize });
      await pool.query(tables);
      digest = await hashPassword('a password that is right', { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
      const server = createServer((request, response) => {
        serve(request, response).catch((error) => response.writeHead(500).end(String(error)));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    },
    plan({ method, path, plan }: { method: string; path: string; plan: Plan }) {
      plans.set(`${method} ${path}`, plan);
    },
  },
  () => sent,
);

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
