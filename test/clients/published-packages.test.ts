import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { SocialUserInfo, TokenResponse } from '../../connectors/kit/index.ts';
import type { Asked } from './published/providers.ts';

interface Result {
  id: string;
  type: 'Social' | 'Email' | 'Sms';
  failure?: string;
  address?: string;
  profile?: SocialUserInfo;
  tokens?: TokenResponse;
  /** The access token of a refresh, or the code of an error. */
  refreshed?: string;
  asked: Asked[];
}

const folder = join(import.meta.dirname, 'published');

/** Where each package sends the user. */
const authorization: Readonly<Record<string, RegExp>> = {
  'alipay-native': /^alipay:\/\/\?app_id=2021000000000000/,
  'amazon-universal': /^https:\/\/www\.amazon\.com\/ap\/oa\?/,
  'apple-universal': /^https:\/\/appleid\.apple\.com\/auth\/authorize\?/,
  'azuread-universal': /^https:\/\/login\.microsoftonline\.com\/tenant-4130\/oauth2\/v2\.0\/authorize\?/,
  'discord-universal': /^https:\/\/discord\.com\/oauth2\/authorize\?/,
  'facebook-universal': /^https:\/\/www\.facebook\.com\/v[\d.]+\/dialog\/oauth\?/,
  'feishu-web': /^https:\/\/passport\.feishu\.cn\/suite\/passport\/oauth\/authorize\?/,
  'github-universal': /^https:\/\/github\.com\/login\/oauth\/authorize\?/,
  'gitlab-universal': /^https:\/\/gitlab\.com\/oauth\/authorize\?/,
  'google-universal': /^https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?/,
  'kakao-universal': /^https:\/\/kauth\.kakao\.com\/oauth\/authorize\?/,
  'line-universal': /^https:\/\/access\.line\.me\/oauth2\/v2\.1\/authorize\?/,
  'linkedin-universal': /^https:\/\/www\.linkedin\.com\/oauth\/v2\/authorization\?/,
  'naver-universal': /^https:\/\/nid\.naver\.com\/oauth2\.0\/authorize\?/,
  'patreon-universal': /^https:\/\/www\.patreon\.com\/oauth2\/authorize\?/,
  oauth2: /^https:\/\/provider\.example\/authorize\?/,
  oidc: /^https:\/\/provider\.example\/authorize\?/,
};

/** Drives the packages in a process of their own, whose HTTP clients lead to a server on this machine. */
describe('Published connector packages, unmodified', () => {
  let skipped: string[];
  let results: Result[];
  before(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'drive.ts'), folder], {
      maxBuffer: 16 * 1_048_576,
    });
    ({ skipped, results } = JSON.parse(stdout));
  });

  it('all load', async () => {
    const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    assert.deepEqual(skipped, []);
    assert.equal(results.length, Object.keys(dependencies).length);
    assert.deepEqual(
      results.flatMap(({ id, failure }) => (failure === undefined ? [] : [`${id}: ${failure}`])),
      [],
    );
  });

  it('sign a user in: each sends the user to its provider and returns the profile', () => {
    const social = results.filter(({ type }) => type === 'Social');
    assert.deepEqual(social.map(({ id }) => id).sort(), Object.keys(authorization).sort());
    for (const { id, address = '', profile } of social) {
      assert.match(address, authorization[id] ?? assert.fail(id));
      assert.match(address, /state=state-4130/, id);
      assert.equal(profile?.id, '4130', id);
      if (id !== 'apple-universal') assert.equal(profile?.name, 'Mei Lin', id);
    }
  });

  it('give the tokens of the provider where they can, and an access token for a refresh token', () => {
    const storing = results.filter(({ tokens }) => tokens !== undefined);
    assert.deepEqual(Object.fromEntries(storing.map(({ id, refreshed }) => [id, refreshed])), {
      'github-universal': 'token-4131',
      'google-universal': 'token-4131',
      oauth2: 'token-4131',
      oidc: 'token-4131',
      // Facebook issues none.
      'facebook-universal': 'not_implemented',
    });
    for (const { id, tokens } of storing) assert.equal(tokens?.access_token, 'token-4130', id);
  });

  it('send a message: each passes recipient and code on to its provider in one request', () => {
    const senders = results.filter(({ type }) => type !== 'Social');
    assert.ok(senders.length > 15);
    for (const { id, type, asked } of senders) {
      assert.equal(asked.length, 1, id);
      assert.ok(asked[0]?.text.includes('314159'), id);
      assert.ok(asked[0]?.text.includes(type === 'Email' ? 'ana@example.com' : '34600000000'), id);
    }
  });
});
