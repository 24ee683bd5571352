import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from './config.ts';

describe('Configuration', () => {
  it('uses defaults if no variable is set', () => {
    const config = readConfig({});
    assert.equal(config.ENDPOINT, 'http://localhost:3001');
    assert.deepEqual(config.TRUSTED_PROXIES, []);
  });
  it('derives the endpoint from the port and removes trailing slashes', () => {
    assert.equal(readConfig({ PORT: '8080' }).ENDPOINT, 'http://localhost:8080');
    assert.equal(readConfig({ ENDPOINT: 'https://example.com/auth/' }).ENDPOINT, 'https://example.com/auth');
  });
  it('treats an empty variable as not set', () => {
    assert.equal(readConfig({ PORT: '', DATABASE_URL: '' }).DATABASE_URL, undefined);
  });
  it('names every invalid variable', () => {
    assert.throws(
      () => readConfig({ PORT: 'eighty', ENDPOINT: 'ftp://example.com', ALDABA_SECRET: 'short' }),
      (error: Error) => ['PORT', 'ENDPOINT', 'ALDABA_SECRET'].every((name) => error.message.includes(`  ${name}:`)),
    );
  });
  it('requires all settings of an S3-compatible store or none, and repeats no key', () => {
    const whole = {
      S3_BUCKET: 'files',
      S3_ENDPOINT: 'http://minio:9000/',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'hunter2',
    };
    assert.equal(readConfig(whole).S3_ENDPOINT, 'http://minio:9000');
    for (const name of Object.keys(whole)) {
      assert.throws(
        () => readConfig({ ...whole, [name]: '' }),
        (error: Error) => error.message.includes(`  ${name}`) && !error.message.includes('hunter2'),
      );
    }
    for (const prefix of ['/a', 'a/', '../a', 'a//b', 'a b'])
      assert.throws(() => readConfig({ ...whole, S3_KEY_PREFIX: prefix }), /S3_KEY_PREFIX/, prefix);
  });
  it('reads which proxy headers contain the location of a request', () => {
    const read = (mapping: string) =>
      readConfig({ TRUSTED_PROXIES: '10.0.0.1', INJECTED_HEADER_MAPPING_JSON: mapping }).INJECTED_HEADER_MAPPING_JSON;
    assert.equal(readConfig({}).INJECTED_HEADER_MAPPING_JSON, undefined);
    assert.deepEqual(read('{"country":"CF-IPCountry","botScore":"cf-bot-score"}'), {
      country: 'cf-ipcountry',
      botScore: 'cf-bot-score',
    });
    const wrong: [mapping: string, sentence: RegExp][] = [
      ['cf-ipcountry', /JSON object/],
      ['["cf-ipcountry"]', /JSON object/],
      ['null', /JSON object/],
      ['{"planet":"x-planet"}', /Unknown key planet\. The keys are country, city, /],
      ['{"country":"x","__proto__":"x"}', /Unknown key __proto__\./],
      ['{"country":""}', /country: A header name/],
      ['{"country":"a header"}', /country: A header name/],
      ['{"country":7}', /country: must be text/],
      ['{"latitude":"x-latitude"}', /both headers/],
    ];
    for (const [mapping, sentence] of wrong) {
      assert.throws(() => read(mapping), sentence, mapping);
      assert.throws(() => read(mapping), /INJECTED_HEADER_MAPPING_JSON/, mapping);
    }
  });
  // security: forged-location
  it('accepts proxy headers only with trusted proxies', () => {
    assert.throws(() => readConfig({ INJECTED_HEADER_MAPPING_JSON: '{"country":"cf-ipcountry"}' }), /TRUSTED_PROXIES/);
  });
  it('does not repeat a secret that is too short', () => {
    assert.throws(
      () => readConfig({ ALDABA_SECRET: 'hunter2' }),
      (error: Error) => !error.message.includes('hunter2'),
    );
  });
});
