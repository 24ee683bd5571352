import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Guide } from '../../console/guides/format.ts';
import { readGuides, readTranslations } from '../support/guides.ts';

describe('translations of the framework guides', () => {
  for (const guide of readGuides()) {
    for (const [language, translated] of readTranslations(guide)) {
      it(`translates every title and paragraph of the guide ${guide.title} into ${language}`, () => {
        const prose = ({ summary, steps }: Guide) =>
          [summary, ...steps.map(({ title }) => title)].concat(
            steps.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'prose' ? [block.markdown] : []))),
          );
        const original = new Set(prose(guide));
        assert.deepEqual(
          prose(translated).filter((text) => original.has(text)),
          [],
        );
      });
    }
  }
});
