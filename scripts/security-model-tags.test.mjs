import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { taggedTests, withTests } from './generate-security-model.mjs';

const page = (id) =>
  `**Rule**: …\n\n<!-- tests: ${id} -->\n- Tests:\n  - \`old.test.ts\` “old”\n<!-- end of tests -->\n`;

describe('Generator of the security model', () => {
  it('reads the name of a tagged test, group or table row, and shows values as …', () => {
    const value = '$' + '{name}';
    const source = [
      '// security: first',
      "it('rejects the user\\'s old code', async () => {});",
      '  // security: first, second',
      '  it(',
      `    \`rejects ${value} at ${value}\`,`,
      '    // security: second',
      "    ['accepts nothing', value],",
      '// security: second',
      "for (const scope of ['openid'])",
      "  it('grants the scope', () => {});",
    ].join('\n');
    assert.deepEqual(taggedTests('a.test.ts', source), [
      { file: 'a.test.ts', line: 1, name: "rejects the user's old code", rules: ['first'] },
      { file: 'a.test.ts', line: 3, name: 'rejects … at …', rules: ['first', 'second'] },
      { file: 'a.test.ts', line: 6, name: 'accepts nothing', rules: ['second'] },
      { file: 'a.test.ts', line: 8, name: 'grants the scope', rules: ['second'] },
    ]);
  });

  it('replaces the list of a rule with its tests, each name once', () => {
    const test = { file: 'a.test.ts', line: 1, name: 'rejects', rules: ['first'] };
    const { text, problems } = withTests(page('first'), [test, { ...test, line: 9 }]);
    assert.deepEqual(problems, []);
    assert.equal(text, page('first').replace('`old.test.ts` “old”', '`a.test.ts` “rejects”'));
  });

  it('reports rules without a test, tags without a rule and tags without a test', () => {
    const tests = [
      { file: 'a.test.ts', line: 1, name: 'rejects', rules: ['typo'] },
      { file: 'b.test.ts', line: 2, name: undefined, rules: ['first'] },
    ];
    const { problems } = withTests(`${page('first')}${page('second')}`, tests);
    assert.deepEqual(problems, [
      'docs/security-model.md no test is tagged with second',
      'a.test.ts:1 no rule of docs/security-model.md is named typo',
      'b.test.ts:2 the tag has no test below it',
    ]);
  });
});
