import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { negotiateLanguage } from './language.ts';

describe('Language of a page', () => {
  const table: [uiLocales: string | undefined, acceptLanguage: string | undefined, expected: string][] = [
    [undefined, undefined, 'en'],
    ['es', 'zh-CN', 'es'],
    ['es-MX', undefined, 'es'],
    ['nl pl es-419', undefined, 'es'],
    ['nl', 'zh', 'zh-CN'],
    ['fr-CA', undefined, 'fr'],
    ['pt', undefined, 'pt-BR'],
    ['pt-PT', undefined, 'pt-BR'],
    ['ja-JP', undefined, 'ja'],
    ['ar-EG', undefined, 'ar'],
    [undefined, 'zh-Hans', 'zh-CN'],
    [undefined, 'zh_CN', 'zh-CN'],
    [undefined, 'zh-TW,en;q=0.5', 'zh-TW'],
    [undefined, 'zh-Hant', 'zh-TW'],
    [undefined, 'zh_HK', 'zh-TW'],
    [undefined, 'zh-Hant-HK', 'zh-TW'],
    [undefined, 'ZH-MO', 'zh-TW'],
    [undefined, 'zh-SG', 'zh-CN'],
    [undefined, 'zh-Hans-HK', 'zh-CN'],
    [undefined, 'fr-FR, fr;q=0.9, es;q=0.8, en;q=0.7', 'fr'],
    [undefined, 'nl-NL, nl;q=0.9, es;q=0.8, en;q=0.7', 'es'],
    [undefined, 'en;q=0.2, es;q=0.9', 'es'],
    [undefined, 'es;q=0, zh-cn;q=0.1', 'zh-CN'],
    [undefined, 'ES-mx;q=1.0', 'es'],
    [undefined, '*', 'en'],
    [undefined, 'nl', 'en'],
    ['', '', 'en'],
    ['esperanto', 'zho', 'en'],
    [undefined, 'es;q=nonsense, zh', 'zh-CN'],
    [undefined, `${'x,'.repeat(100_000)}es`, 'en'],
  ];
  for (const [uiLocales, acceptLanguage, expected] of table) {
    it(`chooses ${expected} for ui_locales ${uiLocales} and Accept-Language ${acceptLanguage?.slice(0, 40)}`, () => {
      assert.equal(negotiateLanguage({ uiLocales, acceptLanguage, autoDetect: true, fallback: 'en' }), expected);
    });
  }

  it('uses the tenant’s default language if detection is off, unless the application requests one', () => {
    const input = { acceptLanguage: 'es', autoDetect: false, fallback: 'zh-CN' };
    assert.equal(negotiateLanguage(input), 'zh-CN');
    assert.equal(negotiateLanguage({ ...input, uiLocales: 'en' }), 'en');
  });

  it('uses English if the pages do not support the tenant’s default language', () => {
    assert.equal(negotiateLanguage({ autoDetect: true, fallback: 'nl' }), 'en');
  });
});
