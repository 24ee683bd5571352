import { type Command, oneOf, text } from './command.ts';

const algorithms = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256'] as const;

export const keyCommands: readonly Command[] = [
  {
    name: 'keys rotate',
    summary: 'Sign with a new key from now on; the old one stays published for checking',
    options: {
      algorithm: {
        type: 'string',
        value: algorithms.join('|'),
        description: 'Kind of the new key (default: as before)',
      },
    },
    async run(invocation) {
      const { app, tenant } = invocation;
      const given = text(invocation, 'algorithm');
      const algorithm = given === undefined ? undefined : oneOf(given, algorithms, '--algorithm');
      await app.keys.rotate(tenant, algorithm ? { algorithm } : {});
      return {
        text: ['New tokens are signed with a new key. Tokens of the old key stay valid until they expire.'],
        data: { rotated: true, ...(algorithm ? { algorithm } : {}) },
      };
    },
  },
];
