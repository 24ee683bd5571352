import { type Command, type Invocation, text, UsageError } from './command.ts';

const algorithms = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256'] as const;

export const keyCommands: readonly Command[] = [
  {
    name: 'keys rotate',
    summary: 'Sign with a new key from now on; the old one stays published for checking',
    usage: 'keys rotate [--algorithm ES256|ES384|ES512|RS256|PS256]',
    options: { algorithm: { type: 'string' } },
    run: rotateKeys,
  },
];

async function rotateKeys(invocation: Invocation): Promise<void> {
  const { app, tenant, print } = invocation;
  const given = text(invocation, 'algorithm');
  const algorithm = algorithms.find((known) => known === given);
  if (given !== undefined && !algorithm) throw new UsageError(`--algorithm must be one of ${algorithms.join(', ')}.`);
  await app.keys.rotate(tenant, algorithm ? { algorithm } : {});
  print('New tokens are signed with a new key. Tokens of the old key stay valid until they expire.');
}
