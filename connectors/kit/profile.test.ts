import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toUserInfo } from './profile.ts';

describe('Profile of a social connector', () => {
  it('drops pictures that browsers would fetch without TLS, or run', () => {
    const shown = ['https://cdn.example/a.png', 'data:image/png;base64,AAAA'];
    const dropped = ['http://cdn.example/a.png', 'javascript:alert(1)', 'data:text/html,x', '//cdn.example/a.png', ''];
    for (const avatar of shown) assert.equal(toUserInfo('Acme', { id: '1', avatar }, {}).avatar, avatar);
    for (const avatar of dropped) assert.ok(!('avatar' in toUserInfo('Acme', { id: '1', avatar }, {})), avatar);
  });
});
