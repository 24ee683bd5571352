import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from './config.ts';

describe('the configuration', () => {
  it('works without any variable', () => {
    const config = readConfig({});
    assert.equal(config.ENDPOINT, 'http://localhost:3001');
    assert.deepEqual(config.TRUSTED_PROXIES, []);
  });
  it('derives the endpoint from the port and takes trailing slashes off', () => {
    assert.equal(readConfig({ PORT: '8080' }).ENDPOINT, 'http://localhost:8080');
    assert.equal(readConfig({ ENDPOINT: 'https://example.com/auth/' }).ENDPOINT, 'https://example.com/auth');
  });
  it('takes an empty variable as not set', () => {
    assert.equal(readConfig({ PORT: '', DATABASE_URL: '' }).DATABASE_URL, undefined);
  });
  it('names every wrong variable', () => {
    assert.throws(
      () => readConfig({ PORT: 'door', ENDPOINT: 'ftp://example.com', ALDABA_SECRET: 'short' }),
      (error: Error) => ['PORT', 'ENDPOINT', 'ALDABA_SECRET'].every((name) => error.message.includes(`  ${name}:`)),
    );
  });
  it('does not repeat a secret that is too short', () => {
    assert.throws(
      () => readConfig({ ALDABA_SECRET: 'hunter2' }),
      (error: Error) => !error.message.includes('hunter2'),
    );
  });
});
