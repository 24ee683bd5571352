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
/** Milliseconds of computing for one message: a limit against quadratic work, far above the usual 10. */
const limit = 50;

/**
 * Does the work, and fails if it takes longer than `most` milliseconds of computing each of five times. A pause of the
 * machine (garbage collection, another process) takes one time; work that a message causes comes back each time.
 */
function within<Result>(most: number, work: () => Result): Result {
  const takes: number[] = [];
  for (;;) {
    const before = process.cpuUsage();
    const result = work();
    const { user: own, system } = process.cpuUsage(before);
    takes.push((own + system) / 1000);
    if (Math.min(...takes) < most) return result;
    assert.ok(takes.length < 5, `took ${takes.join(', ')} ms`);
  }
}

function read(samlResponse: string): 'refused' | 'accepted' {
  try {
    const { nameId, attributes, sessionIndex } = verifyResponse({ samlResponse, expected: world.expected });
    assert.deepEqual({ nameId, attributes, sessionIndex }, honest);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error;
    return 'refused';
  }
}

const outcome = (samlResponse: string) => within(limit, () => read(samlResponse));

describe('mutated responses', () => {
  // security: saml-signed-node
  test('are refused or say exactly what was signed, in bounded time, and never fail in another way', () => {
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

  test('of the largest size take a bounded time, also with ten certificates of which none fits', () => {
    const value = `<saml:AttributeValue>${'group'.repeat(5)}</saml:AttributeValue>`;
    const attributes = `<saml:AttributeStatement><saml:Attribute Name="groups">${value.repeat(3000)}</saml:Attribute></saml:AttributeStatement>`;
    const samlResponse = encode(signedAssertion(world, { attributes }, { key: world.foreign.privateKey }));
    const expected = { ...world.expected, certificates: Array.from({ length: 10 }, () => world.keys.certificate) };
    within(700, () => assert.throws(() => verifyResponse({ samlResponse, expected }), { reason: 'signature_invalid' }));
  });
});
