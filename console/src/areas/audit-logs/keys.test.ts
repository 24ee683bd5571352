import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditKeys } from '@aldaba/contract/audit-keys';
import { isErrorCode } from '@aldaba/contract/errors';
import { phrasePathOf } from './keys.ts';
import en from './phrases/en.ts';
import es from './phrases/es.ts';
import zhCn from './phrases/zh-cn.ts';

const languages = { en, es, 'zh-CN': zhCn };

const at = (phrases: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((found, part) => (found as Record<string, unknown> | undefined)?.[part], phrases);

/** Paths of the texts below. */
const leaves = (phrases: object, prefix = ''): string[] =>
  Object.entries(phrases).flatMap(([name, value]) =>
    typeof value === 'string' ? [prefix + name] : leaves(value, `${prefix}${name}.`),
  );

describe('Words for the audit log', () => {
  for (const [language, phrases] of Object.entries(languages))
    it(`has a phrase for the success and the failure of every key in ${language}`, () => {
      const missing = auditKeys.filter((key) => {
        const path = phrasePathOf(key);
        const paths = path.startsWith('hookEvents.') ? [path] : [`${path}.done`, `${path}.failed`];
        return !paths.every((each) => typeof at(phrases, each) === 'string');
      });
      assert.ok(auditKeys.length > 100);
      assert.deepEqual(missing, []);
    });

  it('gives every key a phrase of its own within its flow', () => {
    const flows = new Map<string, string[]>();
    for (const key of auditKeys) {
      const [family, first, second] = key.split('.');
      const flow = family === 'Interaction' && second ? `${family}.${first}` : `${family}`;
      flows.set(flow, [...(flows.get(flow) ?? []), phrasePathOf(key)]);
    }
    for (const [flow, paths] of flows) {
      const names = paths.map((path) => JSON.stringify(at(en, path)));
      assert.equal(new Set(names).size, paths.length, flow);
    }
  });

  it('gives reasons and advice for codes of the catalog only', () => {
    const codes = [...leaves(en.reasons), ...leaves(en.advice)];
    assert.deepEqual(
      codes.filter((code) => !isErrorCode(code)),
      [],
    );
  });
});
