import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scimResourceTypes } from '@aldaba/contract/scim';
import fc from 'fast-check';
import { ScimError } from './errors.ts';
import { parseFilter, parsePath } from './filter.ts';
import { matches } from './match.ts';

const type = scimResourceTypes.users;

/** A filter with its meaning, made in step, so that the meaning does not come from the parser. */
const leaves = ['userName', 'title', 'nickName'] as const;
type Person = Record<(typeof leaves)[number], string>;
interface Meant {
  text: string;
  holds: (person: Person) => boolean;
}
const word = fc.constantFrom('a', 'B', 'ab', 'bA', 'x"y', '\\', 'é', ' (a) ');
const leaf: fc.Arbitrary<Meant> = fc
  .record({ name: fc.constantFrom(...leaves), value: word, op: fc.constantFrom('eq', 'co', 'sw', 'ne') })
  .map(({ name, value, op }) => ({
    text: `${name} ${op} ${JSON.stringify(value)}`,
    holds: (person) => {
      const [left, right] = [person[name].toLowerCase(), value.toLowerCase()];
      if (op === 'co') return left.includes(right);
      if (op === 'sw') return left.startsWith(right);
      return (left === right) === (op === 'eq');
    },
  }));
const { tree } = fc.letrec<{ tree: Meant; joined: Meant }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, leaf, tie('joined')),
  joined: fc
    .record({ op: fc.constantFrom('and', 'or', 'not'), left: tie('tree'), right: tie('tree') })
    .map(({ op, left, right }) => {
      if (op === 'not') return { text: `not (${left.text})`, holds: (person: Person) => !left.holds(person) };
      const isAnd = op === 'and';
      return {
        text: `(${left.text}) ${isAnd ? 'AND' : 'or'} (${right.text})`,
        holds: (person: Person) =>
          isAnd ? left.holds(person) && right.holds(person) : left.holds(person) || right.holds(person),
      };
    }),
}));

describe('SCIM filters', () => {
  it('mean what they say, whatever they are made of', () => {
    const person = fc.record({ userName: word, title: word, nickName: word });
    fc.assert(
      fc.property(tree, person, (filter, one) => {
        assert.equal(matches(parseFilter(type, filter.text), { ...one }), filter.holds(one), filter.text);
      }),
      { numRuns: 500 },
    );
  });

  // security: directory-filters
  it('are read or refused in the words of the protocol, whatever is sent', () => {
    const piece = fc.constantFrom(
      'userName',
      'emails',
      'eq',
      'pr',
      'not',
      'and',
      'or',
      '(',
      ')',
      '[',
      ']',
      '.value',
      '"a"',
      '"',
      '\\',
      '5',
      'true',
      ':',
      ' ',
      'urn:x:',
      '$',
      '\u0000',
      '__proto__',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(' ')),
    );
    for (const parse of [parseFilter, parsePath])
      fc.assert(
        fc.property(text, (given) => {
          try {
            parse(type, given);
          } catch (error) {
            assert.ok(error instanceof ScimError && error.status === 400, String(error));
          }
        }),
        { numRuns: 2000 },
      );
  });

  // security: directory-filters
  it('take time in proportion to their length', () => {
    for (const part of ['(', '"\\', '"a" ', 'a.', '[', 'userName eq "a" and ', '1e1e', 'not('])
      for (const length of [4000, 100_000]) {
        const since = performance.now();
        assert.throws(() => parseFilter(type, part.repeat(length)), ScimError);
        assert.ok(performance.now() - since < 200, part);
      }
  });
});
