import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ScimPatchOperation, scimResourceTypes } from '@aldaba/contract/scim';
import fc from 'fast-check';
import type { Values } from './attributes.ts';
import { ScimError } from './errors.ts';
import { applyPatch } from './patch.ts';

interface Element {
  type: string;
  /** `value` of phone numbers, `locality` of addresses. */
  text: string;
  display?: string;
  primary?: boolean;
}

/** A filter of values with its meaning, made in step, so that the meaning does not come from the parser. */
interface Meant {
  text: (leaf: string) => string;
  holds: (element: Element) => boolean;
}

const same = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();
const types = fc.constantFrom('work', 'home', 'Other', 'x"]', 'a.b');
const texts = fc.constantFrom('1', '12', '2', '[2', 'é', 'É');
const leaf: fc.Arbitrary<Meant> = fc.oneof(
  types.map(
    (type): Meant => ({
      text: () => `type eq ${JSON.stringify(type)}`,
      holds: (element) => same(element.type, type),
    }),
  ),
  fc.record({ wanted: texts, op: fc.constantFrom('eq', 'sw', 'ne') }).map(
    ({ wanted, op }): Meant => ({
      text: (name) => `${name} ${op} ${JSON.stringify(wanted)}`,
      holds: ({ text }) => {
        const [left, right] = [text.toLowerCase(), wanted.toLowerCase()];
        return op === 'sw' ? left.startsWith(right) : (left === right) === (op === 'eq');
      },
    }),
  ),
  fc.constant<Meant>({ text: () => 'primary eq "True"', holds: ({ primary }) => primary === true }),
);
const { tree } = fc.letrec<{ tree: Meant; joined: Meant }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, leaf, tie('joined')),
  joined: fc.record({ op: fc.constantFrom('and', 'or', 'not'), left: tie('tree'), right: tie('tree') }).map(
    ({ op, left, right }): Meant => ({
      text: (name) => (op === 'not' ? `not (${left.text(name)})` : `(${left.text(name)}) ${op} (${right.text(name)})`),
      holds: (element) => {
        if (op === 'not') return !left.holds(element);
        return op === 'and' ? left.holds(element) && right.holds(element) : left.holds(element) || right.holds(element);
      },
    }),
  ),
}));

const elements = fc
  .uniqueArray(fc.record({ type: types, text: texts }), {
    minLength: 1,
    maxLength: 5,
    selector: ({ type, text }) => `${type} ${text}`.toLowerCase(),
  })
  .chain((list) => fc.nat(list.length).map((at) => list.map((one, index) => ({ ...one, primary: index === at }))));

const operations = fc.oneof(
  fc.record({ op: fc.constant('remove' as const), what: fc.constant('element' as const) }),
  fc.record({ op: fc.constant('remove' as const), what: fc.constant('type' as const) }),
  fc.record({
    op: fc.constantFrom('replace' as const, 'Add' as const),
    what: fc.constantFrom('type' as const, 'primary' as const),
    value: types,
  }),
);

const kinds: [attribute: string, leaf: string][] = [
  ['phoneNumbers', 'value'],
  ['addresses', 'locality'],
];

describe('SCIM PATCH of values that a filter selects', () => {
  for (const [attribute, name] of kinds)
    it(`changes those of ${attribute} and no others, whatever the filter`, () => {
      const stored = (list: Element[]) =>
        list.map(({ type, text, primary }) => ({ ...(type === '' ? {} : { type }), [name]: text, primary }));
      const bare = (list: Values[] | undefined) =>
        (list ?? []).map((one) => [one.type ?? '', one[name], one.primary === true]);
      fc.assert(
        fc.property(elements, tree, operations, (list, filter, operation) => {
          const targets = list.filter(filter.holds);
          const isPrimary = operation.what === 'primary';
          // Without a target, the filter is what a new value is made of; that is tested by name.
          if (targets.length === 0 || (isPrimary && targets.length > 1)) return;
          const path = `${attribute}[${filter.text(name)}]${operation.what === 'element' ? '' : `.${operation.what}`}`;
          const value = 'value' in operation ? (isPrimary ? true : operation.value) : undefined;
          const given = { op: operation.op, path, ...(value === undefined ? {} : { value }) };
          const resource = { userName: 'ana', [attribute]: stored(list) };
          const after = applyPatch(scimResourceTypes.users, resource, [given as ScimPatchOperation]);
          const expected = list.flatMap((element) => {
            if (!targets.includes(element)) return [{ ...element, primary: isPrimary ? false : element.primary }];
            if (operation.what === 'element') return [];
            if (isPrimary) return [{ ...element, primary: true }];
            return [{ ...element, type: 'value' in operation ? operation.value : '' }];
          });
          assert.deepEqual(bare(after[attribute] as Values[]), bare(stored(expected)), JSON.stringify([list, given]));
        }),
        { numRuns: 1500 },
      );
    });

  // security: directory-filters
  it('refuses a broken path with 400, wherever it is broken', () => {
    const piece = fc.constantFrom('"', '(', ')', '[', ']', '\u0000', '.', ' eq ', '\\', ':');
    fc.assert(
      fc.property(tree, fc.nat(), piece, ({ text }, at, extra) => {
        const path = `phoneNumbers[${text('value')}].display`;
        const cut = at % (path.length + 1);
        const given = { op: 'replace', path: path.slice(0, cut) + extra + path.slice(cut), value: 'x' };
        try {
          applyPatch(scimResourceTypes.users, { userName: 'ana' }, [given as ScimPatchOperation]);
        } catch (error) {
          assert.ok(error instanceof ScimError && error.status === 400, String(error));
          const scimTypes = ['invalidPath', 'invalidFilter', 'noTarget', 'invalidValue', 'mutability'];
          assert.ok(scimTypes.includes(error.scimType ?? ''), `${given.path}: ${error.scimType}`);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
