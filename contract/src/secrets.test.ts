import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { allRoutes } from './all-routes.ts';
import { hiderOf, isSecret, partsOf, secret } from './secrets.ts';

const key = secret(z.string());
const hide = (schema: z.ZodType, value: unknown) => hiderOf(schema)?.(value);

describe('Secrets in answers', () => {
  it('are hidden in every kind of schema that holds them', () => {
    const holder = z.object({ id: z.string(), key });
    interface Tree {
      key: string;
      branches: Tree[];
    }
    const tree: z.ZodType<Tree> = z.lazy(() => z.object({ key, branches: z.array(tree) }));
    const cases: [schema: z.ZodType, value: unknown, shown: unknown][] = [
      [holder.optional(), { id: 'a', key: 'k' }, { id: 'a', key: '******' }],
      [z.array(holder.nullable()), [null, { id: 'a', key: '' }], [null, { id: 'a', key: '' }]],
      [z.record(z.string(), holder), { one: { id: 'a', key: 'k' } }, { one: { id: 'a', key: '******' } }],
      [z.record(z.string(), secret(z.unknown())), { a: { b: ['k', 1] } }, { a: { b: ['******', 1] } }],
      [z.tuple([z.string(), key]), ['a', 'k'], ['a', '******']],
      [z.tuple([z.string()], key), ['a', 'k', 'k'], ['a', '******', '******']],
      [z.union([z.object({ other: z.string() }).strict(), holder]), { id: 'a', key: 'k' }, { id: 'a', key: '******' }],
      [
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('open'), key: z.string() }),
          z.object({ type: z.literal('closed'), key }),
        ]),
        { type: 'closed', key: 'k' },
        { type: 'closed', key: '******' },
      ],
      [
        z.intersection(z.object({ id: z.string() }), z.object({ key })),
        { id: 'a', key: 'k' },
        { id: 'a', key: '******' },
      ],
      [
        tree,
        { key: 'k', branches: [{ key: 'l', branches: [] }] },
        { key: '******', branches: [{ key: '******', branches: [] }] },
      ],
      [z.object({ key: key.default('') }).readonly(), { key: 'k' }, { key: '******' }],
      [z.object({}).catchall(key), { any: 'k' }, { any: '******' }],
      [holder.transform(({ id }) => id), { id: 'a', key: 'k' }, { id: 'a', key: '******' }],
    ];
    for (const [schema, value, shown] of cases) assert.deepEqual(hide(schema, value), shown, schema.def.type);
  });

  it('are hidden in a value of another shape than declared', () => {
    const holder = z.object({ id: z.string(), key });
    assert.deepEqual(hide(holder, ['k']), ['******']);
    assert.deepEqual(hide(z.union([holder, z.number()]), { id: 1, key: 'k' }), { id: 1, key: '******' });
  });

  it('are not looked for where there are none', () => {
    assert.equal(hiderOf(z.object({ id: z.string() })), undefined);
  });

  it('are refused in a kind of schema in which they would not be found', () => {
    for (const schema of [z.map(z.string(), key), z.set(key), z.promise(key), z.custom<string>(), z.file()])
      assert.throws(() => hiderOf(z.object({ inside: schema })), /would not be hidden/);
  });
});

/** Names of values that usually give access to something. */
const suspicious =
  /secret|password|passphrase|token|private_?key|api_?key|signing_?key|credential|digest|seed|recovery|^(key|pin|otp|codes?)$/i;

/** Members of answers with such a name that are shown to every caller who may call the route. */
const harmless: Record<string, string> = {
  code: 'The code of an error.',
  key: 'The event of an entry in the audit log.',
  applicationSecret: 'The name of a secret, in the audit log.',
  passwordDigest: 'Only for callers with full access, who ask for it.',
  passwordPolicy: 'The rules for passwords.',
  tokenSample: 'The claims of a made-up token.',
  tokenSecret: 'When and of whom tokens are stored; its members follow.',
  tokenType: '`Bearer`, of a stored token.',
};

describe('Members of answers of the Management API', () => {
  const found = new Map<string, string>();
  const seen = new Set<z.ZodType>();
  const visit = (schema: z.ZodType, path: string) => {
    if (isSecret(schema) || seen.has(schema)) return;
    seen.add(schema);
    for (const { name, schema: part } of partsOf(schema)) {
      if (name !== undefined && suspicious.test(name) && saysText(part)) found.set(name, path);
      visit(part, path);
    }
  };
  /** Whether texts of a value are shown: numbers, switches and fixed values give access to nothing. */
  const saysText = (schema: z.ZodType, above: readonly z.ZodType[] = []): boolean => {
    if (isSecret(schema) || above.includes(schema)) return false;
    const parts = partsOf(schema);
    if (parts.length === 0) return ['string', 'unknown', 'any'].includes(schema.def.type);
    return parts.some((part) => saysText(part.schema, [...above, schema]));
  };
  for (const { access, responses, operationId } of allRoutes)
    if (access === 'management') for (const schema of Object.values(responses)) if (schema) visit(schema, operationId);

  it('that sound like secrets are marked as such, or known to be harmless', () => {
    assert.deepEqual(
      [...found].filter(([name]) => !Object.hasOwn(harmless, name)),
      [],
    );
  });

  it('are not listed as harmless without need', () => {
    assert.deepEqual(
      Object.keys(harmless).filter((name) => !found.has(name)),
      [],
    );
  });
});
