import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';

type Phrases = { readonly [key: string]: string | Phrases };

const root = import.meta.dirname;
const read = async (path: string): Promise<Phrases> => (await import(join(root, path))).default;

/** Opens an argument's name. A brace after a selector (`=0 {Never}`, `other {…}`) opens a text. */
const argument = /(?<!(?:=\d+|zero|one|two|few|many|other) )\{(\w+)[,}]/g;

/** Names of a message's arguments, by key. */
const argumentsOf = (phrases: Phrases, prefix = ''): [key: string, names: string[]][] =>
  Object.entries(phrases).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[prefix + key, [...new Set([...value.matchAll(argument)].map(([, name]) => name ?? ''))].sort()]]
      : argumentsOf(value, `${prefix}${key}.`),
  );

describe('Phrases of the Console', () => {
  const areas = globSync('**/phrases/en.ts', { cwd: root }).map(dirname);

  for (const area of areas)
    for (const language of ['es', 'zh-cn'])
      it(`take the same arguments in ${language} as in English: ${area}`, async () => {
        const [english, translated] = await Promise.all([read(`${area}/en.ts`), read(`${area}/${language}.ts`)]);
        assert.deepEqual(argumentsOf(translated), argumentsOf(english));
      });
});
