import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ErrorCode, errorCatalog, pageLanguages } from '@aldaba/contract';
import { english, type PhraseKey } from './en.ts';
import { codesOfPeople } from './errors.ts';
import { errorSentence, phrase, phrases, relativeTime } from './index.ts';

const places = (sentence: string): string[] => [...sentence.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe('the words of the pages', () => {
  for (const language of pageLanguages) {
    it(`are complete in ${language}: every key, not empty, with the same places as in English`, () => {
      const words = phrases(language);
      assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort());
      for (const [key, sentence] of Object.entries(words)) {
        assert.notEqual(sentence, '', key);
        assert.deepEqual(new Set(places(sentence)), new Set(places(english[key as PhraseKey])), key);
      }
    });

    it(`have a sentence with the same places for every error that people meet, in ${language}`, () => {
      for (const code of codesOfPeople) {
        const sentence = errorSentence(language, code, {
          relativeTime: '{relativeTime}',
          errorDescription: '{errorDescription}',
          message: '{message}',
        });
        assert.deepEqual(places(sentence), places(errorCatalog[code][1]), code);
        if (language !== 'en') assert.notEqual(sentence, errorCatalog[code][1], code);
      }
    });
  }

  it('take values literally: a value that looks like a place is not filled again', () => {
    assert.equal(
      phrase('en', 'consent.lead', { application: '{name}', name: 'Me' }),
      '{name} wants to use your Me account.',
    );
    assert.equal(phrase('en', 'demo.hello', { name: '$& $1' }), 'Hello, $& $1');
  });

  it('fall back to the catalog’s English for errors that only programs meet', () => {
    const code: ErrorCode = 'guard.invalid_pagination';
    assert.equal(errorSentence('es', code), errorCatalog[code][1]);
  });

  it('never show an object of error data', () => {
    assert.equal(
      errorSentence('en', 'connector.general', { errorDescription: { secret: 1 } }).includes('object'),
      false,
    );
  });

  it('say waiting times in words', () => {
    assert.equal(relativeTime('en', 30), 'in 30 seconds');
    assert.equal(relativeTime('es', 600), 'dentro de 10 minutos');
    assert.equal(relativeTime('zh-CN', 61), '2分钟后');
  });
});
