/** The rows of the table: the operation, its budget, and the least work that its answer needs. */
import * as authorization from './authorization-flows.ts';
import * as flows from './flows.ts';
import type { Exchange, Operation } from './load.ts';
import type { Plan } from './subjects/limit.ts';

type Work = Pick<Plan, 'signatures' | 'verifications' | 'statement' | 'hash'>;

export interface Row {
  id: string;
  name: string;
  /** Operations of one run, at full effort. */
  operations: number;
  /** How many at a time, instead of as many as there are connections. */
  parallel?: number;
  operation: (target: flows.Target) => Operation;
  /** What the limit does for each request of the operation besides answering it. */
  least: (exchange: Exchange) => Work;
  /** Whether `oidc-provider` offers the same. */
  oidcProvider: boolean;
  aim?: Aim;
}

export interface Aim {
  /** Microseconds; for a row that hashes a password: beyond the hash. */
  cpu?: number;
  /** Milliseconds, for 99 of 100. */
  p99?: number;
  statements?: number;
  beyondHash?: boolean;
}

const signIn = { operations: 160, oidcProvider: false, aim: { cpu: 12_000, statements: 25, beyondHash: true } };

/** Each request of a sign-in reads and replaces the state it works on; the one with the password also hashes it. */
export const leastOfSignIn = ({ method, path, body }: Exchange): Work => {
  if (method === 'GET' && path.startsWith('/sign-in')) return {};
  return { statement: 'step', hash: body?.includes('password') === true };
};

export const rows: Row[] = [
  {
    id: 'discovery',
    name: 'Discovery',
    operations: 4000,
    operation: flows.discovery,
    least: () => ({}),
    oidcProvider: true,
    aim: { cpu: 150 },
  },
  {
    id: 'jwks',
    name: 'JWKS',
    operations: 4000,
    operation: flows.keys,
    least: () => ({}),
    oidcProvider: true,
    aim: { cpu: 150 },
  },
  {
    id: 'client-credentials',
    name: 'client_credentials, JWT',
    operations: 3000,
    operation: flows.clientCredentials,
    least: () => ({ signatures: 1 }),
    oidcProvider: true,
    aim: { cpu: 700 },
  },
  {
    id: 'refresh',
    name: 'Refresh with rotation, JWT and ID token',
    operations: 2000,
    operation: flows.refresh('resource'),
    least: () => ({ signatures: 2, statement: 'rotation' }),
    oidcProvider: true,
    aim: { cpu: 1400 },
  },
  {
    id: 'refresh-opaque',
    name: 'Refresh with rotation, opaque and ID token',
    operations: 2000,
    operation: flows.refresh('opaque'),
    least: () => ({ signatures: 1, statement: 'rotation' }),
    oidcProvider: true,
    aim: { cpu: 1400 },
  },
  {
    id: 'userinfo',
    name: 'Userinfo',
    operations: 3000,
    operation: flows.userinfo,
    least: () => ({ statement: 'userinfo' }),
    oidcProvider: true,
    aim: { cpu: 600 },
  },
  {
    id: 'users-page',
    name: '20 of 1,000 users',
    operations: 1500,
    operation: flows.usersPage,
    least: () => ({ verifications: 1, statement: 'page' }),
    oidcProvider: false,
    aim: { cpu: 1200 },
  },
  {
    id: 'organization-token',
    name: 'Refresh with rotation, organization token and ID token',
    operations: 1500,
    operation: authorization.organizationToken,
    least: () => ({ signatures: 2, statement: 'rotation' }),
    oidcProvider: false,
    aim: { cpu: 1400 },
  },
  {
    id: 'three-roles',
    name: 'client_credentials with three roles, JWT',
    operations: 3000,
    operation: authorization.threeRoles,
    least: () => ({ signatures: 1 }),
    oidcProvider: false,
    aim: { cpu: 700 },
  },
  {
    id: 'token-exchange',
    name: 'Token exchange of a personal access token, JWT',
    operations: 1500,
    operation: authorization.tokenExchange,
    least: () => ({ signatures: 1, statement: 'userinfo' }),
    oidcProvider: false,
    aim: { cpu: 1000 },
  },
  {
    id: 'role-assignment',
    name: 'A user’s role replaced',
    operations: 1000,
    operation: authorization.roleAssignment,
    least: () => ({ verifications: 1, statement: 'step' }),
    oidcProvider: false,
    aim: { cpu: 1000 },
  },
  {
    id: 'user-creation',
    name: 'User created, without a password',
    operations: 1000,
    operation: authorization.userCreation,
    least: () => ({ verifications: 1, statement: 'step' }),
    oidcProvider: false,
    aim: { cpu: 1200 },
  },
  {
    id: 'webhook',
    name: 'A role changed and its webhook received',
    operations: 500,
    operation: authorization.webhook,
    least: () => ({ verifications: 1, statement: 'step' }),
    oidcProvider: false,
  },
  {
    id: 'webhook-alone',
    name: 'A role changed and its webhook received, one at a time',
    operations: 300,
    parallel: 1,
    operation: authorization.webhook,
    least: () => ({ verifications: 1, statement: 'step' }),
    oidcProvider: false,
    aim: { p99: 50 },
  },
  {
    ...signIn,
    id: 'sign-in-experience',
    name: 'Password sign-in, Experience API',
    operation: flows.experienceSignIn,
    least: leastOfSignIn,
  },
  {
    ...signIn,
    id: 'sign-in-pages',
    name: 'Password sign-in, pages',
    operation: flows.pageSignIn,
    least: leastOfSignIn,
  },
];
