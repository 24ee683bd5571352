import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isolated } from './isolated.ts';

describe('Values of phrases', () => {
  it('keep a name from right to left apart from the sentence, and stay as they are otherwise', () => {
    const given = { arabic: 'محمد', hebrew: 'עדי כהן', latin: 'Ana', chinese: '林美', count: 2 };
    assert.deepEqual(isolated(given), { ...given, arabic: '\u2068محمد\u2069', hebrew: '\u2068עדי כהן\u2069' });
  });
});
