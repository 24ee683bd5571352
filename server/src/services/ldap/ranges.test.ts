import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LdapError } from './errors.ts';
import { completeEntry } from './ranges.ts';

const attribute = (type: string, ...values: string[]) => ({
  type,
  parsedBuffers: values.map((value) => Buffer.from(value)),
});
const none = async () => assert.fail('nothing is missing');

describe('Values that a directory sends in parts', () => {
  it('are read to the end, however many the directory sends at a time', async () => {
    const numbers = fc.record({ count: fc.nat(40), size: fc.integer({ min: 1, max: 7 }) });
    await fc.assert(
      fc.asyncProperty(numbers, async ({ count, size }) => {
        const all = Array.from({ length: count }, (_, at) => `group ${at}`);
        const part = (first: number) => {
          const last = first + size >= count ? '*' : first + size - 1;
          return attribute(`memberOf;range=${first}-${last}`, ...all.slice(first, first + size));
        };
        const entry = { name: 'cn=x', attributes: [attribute('memberOf'), part(0), attribute('mail', 'a@b')] };
        const { attributes } = await completeEntry(entry, async (asked) => {
          const [, first] = /^memberof;range=(\d+)-\*$/.exec(asked) ?? [];
          return [attribute('memberOf'), part(Number(first))];
        });
        assert.deepEqual(attributes.get('memberof')?.map(String), all);
        assert.deepEqual(attributes.get('mail')?.map(String), ['a@b']);
      }),
    );
  });

  it('join those of options other than ranges', async () => {
    const entry = { name: 'cn=x', attributes: [attribute('cn', 'a'), attribute('cn;lang-de', 'b')] };
    assert.deepEqual((await completeEntry(entry, none)).attributes.get('cn')?.map(String), ['a', 'b']);
  });

  const first = { name: 'cn=x', attributes: [attribute('memberOf;range=0-1', 'a', 'b')] };
  const refused: [name: string, answer: ReturnType<typeof attribute>[], reason: string][] = [
    ['does not send the next part', [], 'broken'],
    ['sends another part than the next', [attribute('memberOf;range=0-1', 'a', 'b')], 'broken'],
    ['sends a part that ends before it begins', [attribute('memberOf;range=2-0', 'c')], 'broken'],
    ['sends more bytes than can be meant', [attribute('memberOf;range=2-*', 'x'.repeat(9_000_000))], 'size'],
    ['sends more than can be meant', [attribute('memberOf;range=2-*', ...Array(50_000).fill('c'))], 'size'],
  ];
  for (const [name, answer, reason] of refused)
    it(`are refused from a directory that ${name}`, () =>
      assert.rejects(
        completeEntry(first, async () => answer),
        (error) => error instanceof LdapError && error.reason === reason,
      ));

  it('are refused from a directory whose parts follow each other without values', async () => {
    let asked = 0;
    const endless = async (name: string) => {
      asked += 1;
      const [, next] = /;range=(\d+)-/.exec(name) ?? [];
      return asked > 1000 ? [] : [attribute(`memberOf;range=${next}-${next}`)];
    };
    await assert.rejects(
      completeEntry(first, endless),
      (error) => error instanceof LdapError && error.reason === 'broken',
    );
    assert.equal(asked, 1);
  });
});
