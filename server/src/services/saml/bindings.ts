import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { refusingAs, SamlRefusal } from './refusal.ts';
import { type SigningKey, signatureMethodOf, signOctets, verifyOctets } from './signatures.ts';

export type MessageParameter = 'SAMLRequest' | 'SAMLResponse';

/** A message of the HTTP-POST binding: a form that the browser submits to `action`. */
export interface PostForm {
  action: string;
  fields: Record<string, string>;
}

/** A message as it came: the raw query of a redirect, or the field of a form. */
export type IncomingMessage = { query: string } | { field: string; relayState?: string | undefined };

/** A message that came by the HTTP-Redirect binding. */
export interface RedirectMessage {
  xml: string;
  relayState: string | undefined;
  /** Verifies the signature of the query; throws `SamlRefusal` when it is missing or wrong. */
  verify: (certificates: readonly string[]) => void;
  signed: boolean;
}

const maximumXml = 256 * 1024;
/** SAML bindings section 3.4.3 allows 80 bytes; providers send up to a few hundred. */
export const maximumRelayState = 512;

/** The XML of a message of the HTTP-POST binding. */
export function decodePost(message: string): string {
  if (message.length > maximumXml * 1.4) throw new SamlRefusal('message_too_large', 'more than 256 kB');
  return utf8(base64(message));
}

function base64(message: string): Buffer {
  const compact = message.replaceAll(/[\r\n\t ]/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) throw new SamlRefusal('malformed_message', 'the message is not base64');
  return Buffer.from(compact, 'base64');
}

function utf8(bytes: Uint8Array): string {
  return refusingAs('malformed_message', 'the message is not UTF-8', () =>
    new TextDecoder('utf-8', { fatal: true }).decode(bytes),
  );
}

/** The message as a form. The XML is signed by the caller where the binding wants it. */
export function encodePost(
  xml: string,
  { action, parameter, relayState }: { action: string; parameter: MessageParameter; relayState?: string | undefined },
): PostForm {
  const fields = { [parameter]: Buffer.from(xml).toString('base64') };
  return { action, fields: { ...fields, ...(relayState !== undefined && { RelayState: relayState }) } };
}

/** The message as a URL to redirect to, signed over the octets of its query (SAML bindings section 3.4.4.1). */
export function encodeRedirect(
  xml: string,
  {
    url,
    parameter,
    relayState,
    signing,
  }: {
    url: string;
    parameter: MessageParameter;
    relayState?: string | undefined;
    signing?: SigningKey | undefined;
  },
): string {
  const pairs = [`${parameter}=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`];
  if (relayState !== undefined) pairs.push(`RelayState=${encodeURIComponent(relayState)}`);
  if (signing) {
    pairs.push(`SigAlg=${encodeURIComponent(signatureMethodOf(signing.algorithm))}`);
    pairs.push(`Signature=${encodeURIComponent(signOctets(pairs.join('&'), signing))}`);
  }
  const target = new URL(url);
  target.hash = '';
  return `${target.href}${target.search ? '&' : '?'}${pairs.join('&')}`;
}

/**
 * Reads a message from the query of a request as the browser sent it (without `?`): a signature covers the encoded
 * octets, which parsing and encoding again would change.
 */
export function decodeRedirect(rawQuery: string, parameter: MessageParameter): RedirectMessage {
  const raw = rawParameters(rawQuery, [parameter, 'RelayState', 'SigAlg', 'Signature']);
  const value = (name: string) => {
    const encoded = raw.get(name);
    return encoded === undefined ? undefined : decoded(encoded);
  };
  const message = value(parameter);
  if (message === undefined) throw new SamlRefusal('malformed_message', `the query has no ${parameter}`);
  const signature = value('Signature');
  const octets = [parameter, 'RelayState', 'SigAlg']
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name)}`);
  return {
    xml: inflate(base64(message)),
    relayState: value('RelayState'),
    signed: signature !== undefined,
    verify: (certificates) => {
      const method = value('SigAlg');
      if (signature === undefined || method === undefined)
        throw new SamlRefusal('not_signed', 'the query is not signed');
      verifyOctets(octets.join('&'), { signature, method, certificates });
    },
  };
}

function rawParameters(rawQuery: string, names: string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const pair of rawQuery.split('&')) {
    const [name = '', ...rest] = pair.split('=');
    // A name in another spelling (`SAML%52equest`) would be read by frameworks and not be covered by the signature.
    const plain = names.find((candidate) => candidate === decoded(name));
    if (!plain) continue;
    if (plain !== name || found.has(plain))
      throw new SamlRefusal('malformed_message', `${plain} occurs twice or encoded`);
    found.set(plain, rest.join('='));
  }
  return found;
}

function decoded(text: string): string {
  return refusingAs('malformed_message', 'the query is not encoded correctly', () =>
    decodeURIComponent(text.replaceAll('+', ' ')),
  );
}

function inflate(bytes: Buffer): string {
  return utf8(
    refusingAs('malformed_message', 'the message is not compressed correctly, or too large', () =>
      inflateRawSync(bytes, { maxOutputLength: maximumXml }),
    ),
  );
}
