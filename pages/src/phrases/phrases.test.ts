import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ErrorCode, errorCatalog, isErrorCode } from '@aldaba/contract/errors';
import { type PageLanguage, pageLanguages } from '@aldaba/contract/pages';
import { replaceableInPortal } from '../portal/words.ts';
import { english, type PhraseKey } from './en.ts';
import { sentencesOfPrograms } from './errors-of-programs.ts';
import { errorSentence, noticesOf, phrase, phrases, relativeTime, speaksOf } from './index.ts';
import { codesOfPeople } from './language.ts';

const places = (sentence: string): string[] => [...sentence.matchAll(/\{(\w+)/g)].map(([, name = '']) => name).sort();

/** Texts that are the same in English, by language: words that the language took over, and file names. */
const sameAsInEnglish: Readonly<Record<string, readonly string[]>> = {
  'zh-CN': ['backup-codes'],
  'zh-TW': ['backup-codes'],
  ja: ['backup-codes'],
  ko: ['backup-codes'],
  fr: ['Code'],
  de: ['(optional)', 'Claim', 'Code', 'Name', 'Passkey', 'Website', 'backup-codes'],
  it: ['Email', 'Passkey', 'Password', 'Privacy'],
  ar: ['backup-codes'],
};

/** Other forms of address than the one in `docs/glossary.md`, and other words for things that have theirs there. */
const strangers: Partial<Record<PageLanguage, RegExp>> = {
  es: /(?<!\p{L})(usted(es)?|vuestr\p{L}+|claves? de acceso|cuentas? externas?|términos)(?!\p{L})/iu,
  'zh-CN': /您|账户|备用代码|第二重|颁发者/u,
  'zh-TW': /您|通行密鑰|第二重/u,
  fr: /(?<!\p{L})(tu|toi|ton|tes|comptes? (externe|social)s?|comptes sociaux)(?!\p{L})/iu,
  de: /(?<!\p{L})(du|dir|dich|dein\p{L}*|einloggen|anwendung(en)?)(?!\p{L})/iu,
  it: /(?<!\p{L})(vostr\p{L}+|applicazion[ei]|disconnessione|disconnetti\p{L}*)(?!\p{L})/iu,
  'pt-BR':
    /(?<!\p{L})(teus?|tuas?|contas? (externas?|socia(l|is))|aplicativos?|entrada|logon|tente novamente)(?!\p{L})/iu,
  ru: /(?<!\p{L})(ты|тебя|твой|учётн\p{L}+|сеанс\p{L}*|повторите попытку)(?!\p{L})/iu,
  ja: /アプリケーション|サインイン|サインアウト|ブラウザー|第二要素/u,
  ko: /니다|애플리케이션/u,
};

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

    it(`has messages with the same placeholders for error codes, in ${language}`, () => {
      for (const code of Object.keys(errorCatalog) as ErrorCode[]) {
        const inEnglish = errorCatalog[code][1];
        const values = Object.fromEntries(places(inEnglish).map((place) => [place, `{${place}}`]));
        const sentence = errorSentence(language, code, values);
        assert.deepEqual(new Set(places(sentence)), new Set(places(inEnglish)), code);
      }
    });
  }

  for (const language of pageLanguages.filter((each) => each !== 'en')) {
    it(`leaves no phrase in English, in ${language}`, () => {
      const same = Object.entries(phrases(language)).flatMap(([key, text]) =>
        text === english[key as PhraseKey] ? [text] : [],
      );
      assert.deepEqual([...new Set(same)].sort(), [...(sameAsInEnglish[language] ?? [])].sort());
    });

    it(`has no straight quotes, double blanks or blanks at the ends, in ${language}`, () => {
      const values = { errorDescription: 'x', message: 'x', relativeTime: 'x' };
      const sentences = [
        ...Object.entries(phrases(language)).filter(([key]) => key !== 'terms.and'),
        ...codesOfPeople.map((code) => [code, errorSentence(language, code, values)]),
      ];
      const wrong = sentences.filter(([, text = '']) => /['"]| {2}|^\s|\s$|\.\.\./.test(text));
      assert.deepEqual(wrong, []);
    });
  }

  it('has a message in each language for every code that people meet, and in two for those of programs', () => {
    for (const language of pageLanguages)
      assert.deepEqual(
        codesOfPeople.filter((code) => !speaksOf(language, code)),
        [],
        language,
      );
    for (const language of ['es', 'zh-CN'] as const) {
      const missing = Object.keys(errorCatalog).filter((code) => !speaksOf(language, code as ErrorCode));
      assert.deepEqual(missing, [], language);
    }
  });

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
    assert.equal(relativeTime('ar', 600), 'خلال 10 دقائق');
  });

  it('keeps to one form of address and one word for each thing', () => {
    for (const [language, pattern] of Object.entries(strangers) as [PageLanguage, RegExp][]) {
      const { subject, content, changes } = noticesOf(language);
      const errors = (Object.keys(errorCatalog) as ErrorCode[]).map((code) => errorSentence(language, code, {}));
      const all = [...Object.values(phrases(language)), ...errors, subject, content, ...Object.values(changes)];
      assert.deepEqual(
        all.filter((sentence) => pattern.test(sentence)),
        [],
        language,
      );
    }
  });

  it('keeps the punctuation of French on the line of its word, with a thin blank or a wide one', () => {
    const { subject, content, changes } = noticesOf('fr');
    const errors = codesOfPeople.map((code) => errorSentence('fr', code));
    const all = [...Object.values(phrases('fr')), ...errors, subject, content, ...Object.values(changes)];
    const wrong = all.filter((text) => /(?<![\u202f])[?!;]|(?<!\u00a0|https)[:»](?!\w+=)|«(?!\u00a0)/.test(text));
    assert.deepEqual(wrong, []);
  });

  it('puts no blank between a Chinese or Japanese word and the character that ends a date', () => {
    for (const language of ['zh-CN', 'zh-TW', 'ja'] as const) {
      // Its date is an instant, which ends with UTC.
      const { 'portal.tokenPrevious': _, ...portal } = language === 'zh-CN' ? replaceableInPortal(language) : {};
      const sentences = [phrases(language), portal, noticesOf(language).changes].flatMap((each) => Object.values(each));
      const wrong = sentences.filter((text) => /\{date\} [\p{Script=Han}\p{Script=Hiragana}]/u.test(text));
      assert.deepEqual(wrong, [], language);
    }
  });

  it('ends no sentence twice after a date', () => {
    for (const language of pageLanguages) {
      const format = new Intl.DateTimeFormat(`${language}-u-nu-latn`, { dateStyle: 'long', timeZone: 'UTC' });
      const date = format.format(Date.UTC(2026, 0, 2));
      const { changes } = noticesOf(language);
      const sentences = [...Object.values(phrases(language)), ...Object.values(changes)];
      for (const sentence of sentences.filter((each) => each.includes('{date}')))
        assert.doesNotMatch(sentence.replace('{date}', date), /[.。]{2}/, language);
    }
  });

  it('uses the form of a word for its number, by the rules of each language', () => {
    const table: [language: PageLanguage, min: string, expected: string][] = [
      ['en', '1', 'at least 1 character.'],
      ['en', '8', 'at least 8 characters.'],
      ['ru', '21', 'не менее 21 символа.'],
      ['ru', '22', 'не менее 22 символов.'],
      ['ar', '1', 'استخدم حرفًا واحدًا على الأقل.'],
      ['ar', '2', 'استخدم حرفين على الأقل.'],
      ['ar', '8', '8\u2069 أحرف على الأقل.'],
      ['ar', '12', '12\u2069 حرفًا على الأقل.'],
      ['ja', '8', '8 文字以上で入力してください。'],
    ];
    for (const [language, min, expected] of table)
      assert.ok(phrase(language, 'profile.tooShort', { min }).endsWith(expected), `${language} ${min}`);
  });

  it('keeps names and addresses together in sentences from right to left', () => {
    assert.equal(phrase('ar', 'signIn.title', { name: 'C++ (beta)' }), 'تسجيل الدخول إلى \u2068C++ (beta)\u2069');
    assert.equal(phrase('fr', 'signIn.title', { name: 'C++' }), 'Connexion à C++');
  });
});
