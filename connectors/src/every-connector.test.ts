import assert from 'node:assert/strict';
import { it } from 'node:test';
import { conformed } from '../kit/conformance.ts';
// Each of them runs the conformance kit for some connectors.
import './brands.test.ts';
import './messages.test.ts';
import './oauth.test.ts';
import './smtp/smtp.test.ts';
import './wechat/wechat.test.ts';
import { builtInConnectors } from './index.ts';

it('runs the conformance kit for every connector that is built in', () => {
  const known = builtInConnectors.map(({ metadata }) => metadata.id);
  assert.deepEqual(
    known.filter((id) => !conformed.has(id)),
    [],
  );
});
