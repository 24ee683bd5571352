import assert from 'node:assert/strict';
import { createPrivateKey, verify, X509Certificate } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  bindings,
  createAuthnRequest,
  createLogoutRequest,
  createLogoutResponse,
  createSamlKeyPair,
  encodePost,
  nameIdFormats,
  readIdentityProviderMetadata,
  SamlMetadataError,
  type SigningKey,
  serviceProviderMetadata,
  statuses,
  verifyLogoutRequest,
  verifyLogoutResponse,
} from '../../server/src/services/saml/index.ts';
import { acs, at, idp, makeWorld, signed, sp, type World } from './messages.ts';

const logoutUrl = 'https://sp.example.com/saml/logout';
let world: World;
let signing: SigningKey;
before(async () => {
  world = await makeWorld();
  signing = { ...world.keys, algorithm: 'rsa-sha256' };
});

const body = (certificate: string) => new X509Certificate(certificate).raw.toString('base64');
const certificateXml = (certificate: string, use = ' use="signing"') =>
  `<md:KeyDescriptor${use}><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>\n${body(certificate)}\n</X509Certificate></X509Data></KeyInfo></md:KeyDescriptor>`;

function metadataXml(changed: { entity?: string; keys?: string; services?: string } = {}): string {
  const { entity = `entityID="${idp}"`, keys = certificateXml(world.keys.certificate) } = changed;
  const service = (name: string, binding: string, path: string) =>
    `<md:${name} Binding="${binding}" Location="https://idp.example.com${path}"/>`;
  const {
    services = service('SingleLogoutService', bindings.post, '/slo') +
      service('SingleSignOnService', bindings.post, '/post') +
      service('SingleSignOnService', bindings.redirect, '/redirect?x=1'),
  } = changed;
  return `<?xml version="1.0"?><!-- made by hand --><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ${entity}><md:IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys}${services}</md:IDPSSODescriptor></md:EntityDescriptor>`;
}

describe('metadata of an identity provider', () => {
  test('gives its name, its addresses by the preferred binding, and its certificates for signatures', () => {
    const keys =
      certificateXml(world.keys.certificate) +
      certificateXml(world.foreign.certificate, ' use="encryption"') +
      certificateXml(world.decryption.certificate, '');
    assert.deepEqual(readIdentityProviderMetadata(metadataXml({ keys })), {
      entityId: idp,
      singleSignOnUrl: 'https://idp.example.com/redirect?x=1',
      singleSignOnBinding: bindings.redirect,
      singleLogoutUrl: 'https://idp.example.com/slo',
      singleLogoutBinding: bindings.post,
      certificates: [world.keys.certificate.trim(), world.decryption.certificate.trim()],
      wantsSignedRequests: true,
    });
  });

  const wrong: [string, () => string, string][] = [
    ['text', () => 'hello', 'not_metadata'],
    ['a document type', () => `<!DOCTYPE x [<!ENTITY a "b">]>${metadataXml()}`, 'not_metadata'],
    [
      'a service provider',
      () => serviceProviderMetadata({ entityId: sp, acsUrl: acs, signsRequests: false }),
      'no_identity_provider',
    ],
    [
      'two identity providers',
      () =>
        `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${metadataXml()
          .replace(/^.*?-->/, '')
          .repeat(2)}</md:EntitiesDescriptor>`,
      'several_identity_providers',
    ],
    ['no entity ID', () => metadataXml({ entity: '' }), 'no_entity_id'],
    ['no address', () => metadataXml({ services: '' }), 'no_sign_in_endpoint'],
    [
      'an address with a script',
      () =>
        metadataXml({
          services: `<md:SingleSignOnService Binding="${bindings.post}" Location="javascript:alert(1)"/>`,
        }),
      'no_sign_in_endpoint',
    ],
    ['no certificate', () => metadataXml({ keys: '' }), 'no_certificate'],
    ['a broken certificate', () => metadataXml().replace(/MII\w{20}/, 'MII'), 'unusable_certificate'],
  ];
  for (const [name, xml, problem] of wrong) {
    test(`is refused with the problem when it has ${name}`, () => {
      assert.throws(
        () => readIdentityProviderMetadata(xml()),
        (error) => error instanceof SamlMetadataError && error.problem === problem,
      );
    });
  }
});

describe('requests to an identity provider', () => {
  const request = () => ({
    id: '_request-9',
    issuedAt: world.now,
    serviceProvider: { entityId: `${sp}?a=1&b="2"`, acsUrl: acs },
    forceAuthn: true,
    relayState: 'state & more',
  });

  test('go by redirect, compressed, and signed over the octets of the query', () => {
    const identityProvider = {
      singleSignOnUrl: 'https://idp.example.com/sso?x=1',
      singleSignOnBinding: bindings.redirect,
    };
    const message = createAuthnRequest({ ...request(), identityProvider, signing });
    assert.ok('redirectUrl' in message);
    const query = new URL(message.redirectUrl).searchParams;
    const xml = inflateRawSync(Buffer.from(query.get('SAMLRequest') ?? '', 'base64')).toString();
    assert.match(xml, /ID="_request-9".*ForceAuthn="true"/);
    assert.match(xml, /<saml:Issuer>https:\/\/sp\.example\.com\/saml\?a=1&amp;b=&quot;2&quot;<\/saml:Issuer>/);
    assert.deepEqual([query.get('x'), query.get('RelayState')], ['1', 'state & more']);
    const [octets = '', signature = ''] = new URL(message.redirectUrl).search
      .slice('?x=1&'.length)
      .split('&Signature=');
    assert.match(octets, /^SAMLRequest=[^&]+&RelayState=state%20%26%20more&SigAlg=[^&]+$/);
    const bytes = Buffer.from(decodeURIComponent(signature), 'base64');
    assert.ok(verify('sha256', Buffer.from(octets), world.keys.certificate, bytes));
  });

  test('go by a form when the provider has no address for redirects', () => {
    const identityProvider = { singleSignOnUrl: 'https://idp.example.com/sso', singleSignOnBinding: bindings.post };
    const message = createAuthnRequest({ ...request(), identityProvider, signing });
    assert.ok('form' in message);
    const { action, fields } = message.form;
    assert.deepEqual([action, fields.RelayState], ['https://idp.example.com/sso', 'state & more']);
    assert.match(Buffer.from(fields.SAMLRequest ?? '', 'base64').toString(), /<\/saml:Issuer><ds:Signature /);
  });
});

describe('sign-out messages', () => {
  for (const binding of [bindings.redirect, bindings.post]) {
    const way = binding === bindings.redirect ? 'redirect' : 'form';
    const base = () => ({
      issuedAt: world.now,
      issuer: idp,
      destination: { url: logoutUrl, binding },
      signing,
      relayState: 'r',
    });
    const expected = () => ({
      issuer: idp,
      destination: logoutUrl,
      certificates: [world.keys.certificate],
      now: world.now,
    });

    test(`ask by ${way} to end a session, and only with the right key, address, issuer and time`, () => {
      const message = received(
        createLogoutRequest({
          ...base(),
          id: '_out',
          nameId: 'a&b',
          nameIdFormat: nameIdFormats.persistent,
          sessionIndex: 's-1',
        }),
      );
      const read = verifyLogoutRequest(message, expected());
      assert.deepEqual(read, {
        id: '_out',
        nameId: 'a&b',
        nameIdFormat: nameIdFormats.persistent,
        sessionIndexes: ['s-1'],
      });
      const refused = (changed: object) => {
        try {
          verifyLogoutRequest(message, { ...expected(), ...changed });
        } catch (error) {
          return (error as { reason?: string }).reason;
        }
        return 'accepted';
      };
      const later = new Date(world.now.getTime() + 3_600_000);
      const reasons = [
        { certificates: [world.foreign.certificate] },
        { destination: `${logoutUrl}2` },
        { issuer: sp },
        { now: later },
      ].map(refused);
      assert.deepEqual(reasons, ['signature_invalid', 'destination_mismatch', 'issuer_mismatch', 'expired']);
    });

    test(`answer by ${way} to the request that was sent`, () => {
      const message = received(
        createLogoutResponse({ ...base(), id: '_in', inResponseTo: '_out', status: statuses.partialLogout }),
      );
      assert.deepEqual(verifyLogoutResponse(message, { ...expected(), inResponseTo: '_out' }), {
        id: '_in',
        status: statuses.partialLogout,
      });
      assert.throws(() => verifyLogoutResponse(message, { ...expected(), inResponseTo: '_other' }), {
        reason: 'in_response_to_mismatch',
      });
    });
  }

  test('by redirect are refused without a signature, with a changed one, and with a parameter twice', () => {
    const { query } = received(
      createLogoutRequest({
        id: '_out',
        nameId: 'a',
        issuedAt: world.now,
        issuer: idp,
        destination: { url: logoutUrl, binding: bindings.redirect },
        signing,
        relayState: 'r',
      }),
    ) as { query: string };
    const expected = { issuer: idp, destination: logoutUrl, certificates: [world.keys.certificate], now: world.now };
    const refused = (text: string) => () => verifyLogoutRequest({ query: text }, expected);
    for (const names of [['Signature'], ['SigAlg'], ['Signature', 'SigAlg']]) {
      const without = query.split('&').filter((pair) => !names.includes(pair.split('=')[0] ?? ''));
      assert.throws(refused(without.join('&')), { reason: 'not_signed' }, `without ${names}`);
    }
    assert.throws(refused(query.replace(/&Signature=.*/, '&Signature=')), { reason: 'signature_invalid' });
    for (const method of ['', 'none', 'constructor', '__proto__', 'http://www.w3.org/2000/09/xmldsig#hmac-sha1'])
      assert.throws(
        refused(query.replace(/SigAlg=[^&]*/, `SigAlg=${encodeURIComponent(method)}`)),
        { reason: 'algorithm_not_allowed' },
        method,
      );
    assert.throws(refused(query.replace('RelayState=r', 'RelayState=x')), { reason: 'signature_invalid' });
    assert.throws(refused(`${query}&SAMLRequest=x`), { reason: 'malformed_message' });
    assert.throws(refused(query.replace('SAMLRequest', 'SAML%52equest')), { reason: 'malformed_message' });
    assert.throws(refused(query.replace('rsa-sha256', 'rsa-sha1')), { reason: 'algorithm_not_allowed' });
    assert.throws(refused(`SAMLRequest=${encodeURIComponent(bomb())}`), { reason: 'malformed_message' });
  });
});

test('requests to sign out count for 5 minutes after they were issued, and not beyond the time that they name', () => {
  const sent = (attributes: string) => {
    const xml =
      `<p:LogoutRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"` +
      ` ID="_x" Version="2.0" Destination="${logoutUrl}"${attributes}><a:Issuer>${idp}</a:Issuer><a:NameID>a</a:NameID></p:LogoutRequest>`;
    const { keys, now } = world;
    const message = encodePost(signed(xml, '_x', { key: keys.privateKey, certificate: keys.certificate }), {
      action: logoutUrl,
      parameter: 'SAMLRequest',
    });
    const expected = { issuer: idp, destination: logoutUrl, certificates: [keys.certificate], now };
    return verifyLogoutRequest({ field: message.fields.SAMLRequest ?? '' }, expected).id;
  };
  const time = (name: string, seconds: number) => ` ${name}="${at(world.now, seconds)}"`;
  assert.equal(sent(time('IssueInstant', -290)), '_x');
  assert.equal(sent(time('IssueInstant', 0) + time('NotOnOrAfter', 60)), '_x');
  const refused: [string, string][] = [
    ['', 'time_missing'],
    [time('IssueInstant', -310), 'expired'],
    [time('IssueInstant', 120), 'not_yet_valid'],
    [time('IssueInstant', -200) + time('NotOnOrAfter', -120), 'expired'],
    [`${time('IssueInstant', 0)} NotOnOrAfter="tomorrow"`, 'malformed_message'],
  ];
  for (const [attributes, reason] of refused) assert.throws(() => sent(attributes), { reason }, attributes);
});

/** 10 MB of zeros, compressed to 10 kB. */
function bomb(): string {
  return deflateRawSync(Buffer.alloc(10_000_000)).toString('base64');
}

function received(message: ReturnType<typeof createLogoutRequest>): { query: string } | { field: string } {
  if ('redirectUrl' in message) return { query: new URL(message.redirectUrl).search.slice(1) };
  const { SAMLRequest, SAMLResponse } = message.form.fields;
  return { field: SAMLRequest ?? SAMLResponse ?? '' };
}

test('a certificate of ours is valid for the time that was asked for, also beyond 2049, and signs with its key', async () => {
  const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2060-01-01T00:00:00Z') };
  const { certificate, privateKey } = await createSamlKeyPair('Aldaba ñ', validity);
  const read = new X509Certificate(certificate);
  assert.deepEqual(
    [read.validFromDate, read.validToDate, read.subject],
    [validity.notBefore, validity.notAfter, 'CN=Aldaba ñ'],
  );
  assert.ok(read.verify(read.publicKey));
  assert.ok(read.checkPrivateKey(createPrivateKey(privateKey)));
});
