import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { signingAlgorithmSchema } from '@aldaba/contract';
import { compactVerify, jwtVerify } from 'jose';
import { looksLikeJws, type SigningAlgorithm, signJws } from './jws.ts';

const curves: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
const keysFor = (algorithm: SigningAlgorithm) =>
  curves[algorithm]
    ? generateKeyPairSync('ec', { namedCurve: curves[algorithm] })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('JWS signatures', () => {
  for (const alg of signingAlgorithmSchema.options) {
    it(`signs with ${alg} so that other implementations verify it, and no other key does`, async () => {
      const [own, other] = [keysFor(alg), keysFor(alg)];
      const token = await signJws({ alg, kid: 'k' }, { sub: 'ada', name: 'Ådа' }, own.privateKey);
      const { payload, protectedHeader } = await jwtVerify(token, own.publicKey, { algorithms: [alg] });
      assert.deepEqual([payload.sub, payload.name, protectedHeader.kid], ['ada', 'Ådа', 'k']);
      await assert.rejects(compactVerify(token, other.publicKey));
      assert.equal(looksLikeJws(token), true);
    });
  }

  it('signs with a fixed size for ECDSA, even if an integer is short', async () => {
    const sizes = { ES256: 64, ES384: 96, ES512: 132 } as const;
    for (const [alg, size] of Object.entries(sizes) as [keyof typeof sizes, number][]) {
      const { privateKey, publicKey } = keysFor(alg);
      // One integer in 256 begins with a zero byte, and is one byte shorter in DER.
      for (let count = 0; count < 600; count += 1) {
        const token = await signJws({ alg }, { count }, privateKey);
        assert.equal(Buffer.from(token.split('.')[2] ?? '', 'base64url').length, size);
        if (count % 3 === 0) await compactVerify(token, publicKey);
      }
    }
  });

  it('distinguishes a JWS from an opaque token, which never contains a dot', () => {
    assert.equal(looksLikeJws('iJ8Qm0H-_opaque'), false);
  });
});
