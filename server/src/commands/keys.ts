import * as contract from '@aldaba/contract';
import { type Command, type Invocation, type Option, type Output, oneOf, text, UsageError } from './command.ts';
import { moment, table } from './layout.ts';

const algorithms = contract.signingAlgorithmSchema.options;

/** An option that names a signing algorithm. */
export const algorithmOption = (description: string): Option => ({
  type: 'string',
  value: algorithms.join('|'),
  description,
});

/** @throws UsageError for an unknown algorithm */
export function readAlgorithm(invocation: Invocation, name: string): contract.SigningAlgorithm | undefined {
  const given = text(invocation, name);
  return given === undefined ? undefined : oneOf(given, algorithms, `--${name}`);
}

export const keyCommands: readonly Command[] = [
  {
    name: 'keys list',
    summary: 'List the published signing keys and the algorithms that sign',
    run: listKeys,
  },
  {
    name: 'keys rotate',
    summary: 'Replace signing keys; the old ones stay published until their tokens have expired',
    options: {
      algorithm: algorithmOption('Only the key of this algorithm, including a new one (default: all in use)'),
      'grace-period': {
        type: 'string',
        value: 'seconds',
        description: 'Delay before the next key signs (default: 10 minutes after it was published)',
      },
      now: { type: 'boolean', description: 'Sign with the next key immediately, although clients may not have it yet' },
    },
    fields: { rotationGracePeriod: '--grace-period' },
    run: rotateKeys,
  },
  {
    name: 'keys use',
    summary: 'Choose the algorithms that sign tokens',
    options: {
      'id-token': algorithmOption('ID tokens of applications without their own algorithm'),
      'access-token': algorithmOption('Access tokens that are JWTs, and logout tokens'),
    },
    fields: { idToken: '--id-token', accessToken: '--access-token' },
    example: 'keys use --id-token ES256',
    run: useAlgorithms,
  },
];

const params = { keyType: 'private-keys' } as const;

const keyTable = (keys: readonly contract.OidcKey[]): string[] =>
  table(
    ['Key', 'Algorithm', 'Place', 'Signs from (UTC)'],
    keys.map(({ id, algorithm = '', status = '', effectiveAt }) => [
      id,
      algorithm,
      status,
      effectiveAt === undefined ? '' : moment(effectiveAt),
    ]),
    'No keys exist.',
  );

async function listKeys({ app, tenant }: Invocation): Promise<Output> {
  const keys = await app.api.call(contract.listOidcKeys, tenant, { params });
  const chosen = await app.api.call(contract.getSigningAlgorithms, tenant, {});
  const { idToken, accessToken } = chosen;
  return {
    text: [
      ...keyTable(keys),
      '',
      `ID tokens are signed with ${idToken} unless the application has its own algorithm, access tokens with ${accessToken}.`,
    ],
    data: { keys, algorithms: chosen },
  };
}

function readGracePeriod(invocation: Invocation): number | undefined {
  if (invocation.options.now === true) return 0;
  const given = text(invocation, 'grace-period');
  if (given !== undefined && !/^\d{1,8}$/.test(given))
    throw new UsageError('--grace-period must be a number of seconds.');
  return given === undefined ? undefined : Number(given);
}

async function rotateKeys(invocation: Invocation): Promise<Output> {
  const { app, tenant } = invocation;
  const algorithm = readAlgorithm(invocation, 'algorithm');
  const rotationGracePeriod = readGracePeriod(invocation);
  const keys = await app.api.call(contract.rotateOidcKeys, tenant, {
    params,
    body: {
      ...(algorithm ? { algorithm } : {}),
      ...(rotationGracePeriod === undefined ? {} : { rotationGracePeriod }),
    },
  });
  const waits = keys.some(({ effectiveAt }) => effectiveAt !== undefined);
  return {
    text: [
      ...keyTable(keys),
      '',
      'Tokens of replaced keys stay valid until they expire.',
      ...(waits ? ['The next key signs after clients have had time to fetch it.'] : []),
    ],
    data: { keys },
  };
}

async function useAlgorithms(invocation: Invocation): Promise<Output> {
  const idToken = readAlgorithm(invocation, 'id-token');
  const accessToken = readAlgorithm(invocation, 'access-token');
  if (!idToken && !accessToken) throw new UsageError('Set --id-token, --access-token or both.');
  const body = { ...(idToken ? { idToken } : {}), ...(accessToken ? { accessToken } : {}) };
  const chosen = await invocation.app.api.call(contract.updateSigningAlgorithms, invocation.tenant, { body });
  return { text: [`ID tokens      ${chosen.idToken}`, `Access tokens  ${chosen.accessToken}`], data: chosen };
}
