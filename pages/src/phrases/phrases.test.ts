import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ErrorCode, errorCatalog, isErrorCode } from '@aldaba/contract/errors';
import { pageLanguages } from '@aldaba/contract/pages';
import { english, type PhraseKey } from './en.ts';
import { sentencesOfPrograms } from './errors-of-programs.ts';
import { errorSentence, phrase, phrases, relativeTime } from './index.ts';

const places = (sentence: string): string[] => [...sentence.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe('Phrases of the pages', () => {
  for (const language of pageLanguages) {
    it(`has every key, not empty and with the same placeholders as in English, in ${language}`, () => {
      const words = phrases(language);
      assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort());
      for (const [key, sentence] of Object.entries(words)) {
        assert.notEqual(sentence, '', key);
        assert.deepEqual(new Set(places(sentence)), new Set(places(english[key as PhraseKey])), key);
      }
    });

    it(`has a message with the same placeholders for every error code, in ${language}`, () => {
      for (const code of Object.keys(errorCatalog) as ErrorCode[]) {
        const inEnglish = errorCatalog[code][1];
        const values = Object.fromEntries(places(inEnglish).map((place) => [place.slice(1, -1), place]));
        const sentence = errorSentence(language, code, values);
        assert.deepEqual(new Set(places(sentence)), new Set(places(inEnglish)), code);
        if (language !== 'en') assert.notEqual(sentence, inEnglish, `${code} has no sentence in ${language}`);
      }
    });
  }

  it('has no message for an unknown code', () => {
    assert.deepEqual(
      Object.keys(sentencesOfPrograms).filter((code) => !isErrorCode(code)),
      [],
    );
  });

  it('inserts values literally and never replaces a placeholder inside a value', () => {
    assert.equal(
      phrase('en', 'consent.lead', { application: '{name}', name: 'Me' }),
      '{name} wants to use your Me account.',
    );
    assert.equal(phrase('en', 'demo.hello', { name: '$& $1' }), 'Hello, $& $1');
  });

  it('never shows an object of error data', () => {
    assert.equal(
      errorSentence('en', 'connector.general', { errorDescription: { secret: 1 } }).includes('object'),
      false,
    );
  });

  it('expresses waiting times in words', () => {
    assert.equal(relativeTime('en', 30), 'in 30 seconds');
    assert.equal(relativeTime('es', 600), 'dentro de 10 minutos');
    assert.equal(relativeTime('zh-CN', 61), '2分钟后');
  });
});
