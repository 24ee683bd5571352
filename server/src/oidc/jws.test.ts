import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { compactVerify, jwtVerify } from 'jose';
import { looksLikeJws, type SigningAlgorithm, signingAlgorithms, signJws } from './jws.ts';

const curves: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
const keysFor = (algorithm: SigningAlgorithm) =>
  curves[algorithm]
    ? generateKeyPairSync('ec', { namedCurve: curves[algorithm] })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('a signature of ours', () => {
  for (const alg of signingAlgorithms) {
    it(`${alg} is what other implementations verify, and no other key's`, async () => {
      const [own, other] = [keysFor(alg), keysFor(alg)];
      const token = await signJws({ alg, kid: 'k' }, { sub: 'ada', name: 'Ådа' }, own.privateKey);
      const { payload, protectedHeader } = await jwtVerify(token, own.publicKey, { algorithms: [alg] });
      assert.deepEqual([payload.sub, payload.name, protectedHeader.kid], ['ada', 'Ådа', 'k']);
      await assert.rejects(compactVerify(token, other.publicKey));
      assert.equal(looksLikeJws(token), true);
    });
  }

  it('is told apart from an opaque token, which never has a dot', () => {
    assert.equal(looksLikeJws('iJ8Qm0H-_opaque'), false);
  });
});
