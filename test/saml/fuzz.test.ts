import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { SamlRefusal, verifyResponse } from '../../server/src/services/saml/index.ts';
import {
  attacker,
  encode,
  encryptedAssertion,
  makeWorld,
  signedAssertion,
  signedResponse,
  user,
  type World,
} from './messages.ts';
import { mutate, mutations, place } from './mutations.ts';

let world: World;
let messages: string[];
before(async () => {
  world = await makeWorld();
  messages = [signedAssertion(world), signedResponse(world), encryptedAssertion(world)];
});

const honest = { nameId: user, attributes: { groups: ['staff', 'readers'] }, sessionIndex: 's-1' };

function outcome(samlResponse: string): 'refused' | 'accepted' {
  try {
    const { nameId, attributes, sessionIndex } = verifyResponse({ samlResponse, expected: world.expected });
    assert.deepEqual({ nameId, attributes, sessionIndex }, honest);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error;
    return 'refused';
  }
}

describe('mutated responses', () => {
  // security: saml-signed-node
  test('are refused or say exactly what was signed, and never fail in another way', () => {
    const counts = { refused: 0, accepted: 0 };
    const forge = (text: string) => text.replaceAll(user, attacker);
    const property = fc.property(fc.nat({ max: 2 }), mutations, (which, changes) => {
      counts[outcome(encode(mutate(messages[which] ?? '', changes, forge)))] += 1;
    });
    fc.assert(property, { numRuns: 600 });
    assert.ok(counts.refused > 300, `only ${counts.refused} of the mutations were refused`);
  });

  test('of the base64 are refused or say exactly what was signed', () => {
    const property = fc.property(place, fc.string({ maxLength: 8 }), (where, text) => {
      const message = encode(messages[0] ?? '');
      const at = Math.floor(where * message.length);
      outcome(message.slice(0, at) + text + message.slice(at + text.length));
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('are refused when they are bytes of any kind', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      assert.equal(outcome(encode(Buffer.from(bytes))), 'refused');
    });
    fc.assert(property, { numRuns: 300 });
  });
});
