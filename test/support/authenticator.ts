/**
 * A device that keeps passkeys, together with the browser that it is used in. It answers what
 * `navigator.credentials.create` and `.get` would, as the JSON that a page sends (`PublicKeyCredential.toJSON`), and
 * like a browser it looks at the options only.
 *
 *     const device = createAuthenticator({ origin: server.url });
 *     const payload = device.create(registrationOptions);   // for the registration
 *     const proof = device.get(authenticationOptions);      // for a sign-in, any number of times
 *
 * Keys are ES256. What a dishonest or a broken device would do is said by `Circumstances`; a stolen copy is made by
 * `clone`.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** The part of the creation options that a device reads. */
export interface CreationOptions {
  challenge: string;
  rp: { id?: string };
  user: { id: string };
  excludeCredentials?: readonly { id: string }[];
}

/** The part of the request options that a device reads. */
interface RequestOptions {
  challenge: string;
  rpId?: string;
  allowCredentials?: readonly { id: string }[];
}

/** How an answer differs from an honest one. */
export interface Circumstances {
  /** The origin of the page, in place of the device's. */
  origin?: string;
  /** The host to sign for, instead of the one in the options. */
  rpId?: string;
  /** The challenge to sign, instead of the one in the options. */
  challenge?: string;
  /** Whether the person gave a PIN, a finger or a face (default true). */
  userVerified?: boolean;
  /** Whether a user touched the device (default true). */
  userPresent?: boolean;
  /** Whether the page is in a frame of another site (default false). */
  crossOrigin?: boolean;
  /** Bytes of the id of a new passkey (default 32). */
  idLength?: number;
  /** The attestation of the device, instead of none. */
  attestation?: { fmt: string; attStmt: Map<string, Cbor> };
}

interface RegistrationJson {
  id: string;
  rawId: string;
  type: 'public-key';
  authenticatorAttachment: 'platform';
  clientExtensionResults: { credProps: { rk: boolean } };
  response: { clientDataJSON: string; attestationObject: string; transports: string[] };
}

export interface AuthenticationJson {
  id: string;
  rawId: string;
  type: 'public-key';
  authenticatorAttachment: 'platform';
  clientExtensionResults: Record<string, never>;
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle: string };
}

export interface Authenticator {
  /** Makes a passkey. Throws if one of the excluded ones is on the device, as a browser does (InvalidStateError). */
  create: (options: CreationOptions, circumstances?: Circumstances) => RegistrationJson;
  /** Signs with the newest passkey that is asked for. Throws if there is none (NotAllowedError). */
  get: (options: RequestOptions, circumstances?: Circumstances) => AuthenticationJson;
  /** A second device with the same passkeys, which counts on from here by itself. */
  clone: () => Authenticator;
}

interface Passkey {
  id: string;
  rpId: string;
  userHandle: string;
  key: KeyObject;
  counter: number;
}

/**
 * @param device.origin where the pages are that use it, e.g. `http://localhost:4000`
 * @param device.counts whether it counts its signatures (default); passkeys that live on several devices stay at 0
 */
export function createAuthenticator(device: { origin: string; counts?: boolean }): Authenticator {
  return withPasskeys({ origin: new URL(device.origin).origin, counts: device.counts ?? true }, []);
}

function withPasskeys(device: { origin: string; counts: boolean }, passkeys: Passkey[]): Authenticator {
  const clientData = (type: string, challenge: string, { origin, crossOrigin = false, ...given }: Circumstances) =>
    Buffer.from(
      JSON.stringify({ type, challenge: given.challenge ?? challenge, origin: origin ?? device.origin, crossOrigin }),
    );
  return {
    create({ challenge, rp, user, excludeCredentials = [] }, circumstances = {}) {
      const excluded = new Set(excludeCredentials.map(({ id }) => id));
      if (passkeys.some(({ id }) => excluded.has(id))) throw new Error('InvalidStateError');
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const rawId = randomBytes(circumstances.idLength ?? 32);
      const id = rawId.toString('base64url');
      const rpId = rp.id ?? new URL(device.origin).hostname;
      passkeys.push({ id, rpId, userHandle: user.id, key: privateKey, counter: 0 });
      const attested = Buffer.concat([Buffer.alloc(16), uint(rawId.length, 2), rawId, encode(coseKeyOf(publicKey))]);
      const authData = authenticatorData({ rpId, counter: 0, attested }, circumstances);
      const { fmt, attStmt } = circumstances.attestation ?? { fmt: 'none', attStmt: new Map() };
      const statement = new Map<string, Cbor>([
        ['fmt', fmt],
        ['attStmt', attStmt],
        ['authData', authData],
      ]);
      return {
        ...credential(id),
        clientExtensionResults: { credProps: { rk: true } },
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, circumstances).toString('base64url'),
          attestationObject: encode(statement).toString('base64url'),
          transports: ['internal', 'hybrid'],
        },
      };
    },
    get({ challenge, rpId = new URL(device.origin).hostname, allowCredentials }, circumstances = {}) {
      const allowed = allowCredentials && new Set(allowCredentials.map(({ id }) => id));
      const passkey = passkeys.findLast((known) => known.rpId === rpId && (!allowed || allowed.has(known.id)));
      if (!passkey) throw new Error('NotAllowedError');
      if (device.counts) passkey.counter += 1;
      const client = clientData('webauthn.get', challenge, circumstances);
      const authData = authenticatorData(passkey, circumstances);
      const signed = Buffer.concat([authData, createHash('sha256').update(client).digest()]);
      return {
        ...credential(passkey.id),
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: sign('sha256', signed, passkey.key).toString('base64url'),
          userHandle: passkey.userHandle,
        },
      };
    },
    clone: () =>
      withPasskeys(
        device,
        passkeys.map((passkey) => ({ ...passkey })),
      ),
  };
}

const credential = (id: string) =>
  ({ id, rawId: id, type: 'public-key', authenticatorAttachment: 'platform' }) as const;

/** Web Authentication section 6.1. */
function authenticatorData(
  { rpId, counter, attested }: { rpId: string; counter: number; attested?: Buffer },
  { userPresent = true, userVerified = true, ...given }: Circumstances,
): Buffer {
  const flags = (userPresent ? 0x01 : 0) | (userVerified ? 0x04 : 0) | (attested ? 0x40 : 0);
  const host = createHash('sha256')
    .update(given.rpId ?? rpId)
    .digest();
  return Buffer.concat([host, uint(flags, 1), uint(counter, 4), ...(attested ? [attested] : [])]);
}

/** An ES256 key as a COSE_Key (RFC 9053 section 7.1.1). */
function coseKeyOf(key: KeyObject): Map<number, Cbor> {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return new Map<number, Cbor>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ]);
}

/** What a device says in CBOR (RFC 8949). */
type Cbor = number | string | Buffer | Cbor[] | Map<number, Cbor> | Map<string, Cbor>;

function encode(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encode)]);
  return Buffer.concat([head(5, value.size), ...[...value].flat().map(encode)]);
}

function head(type: number, length: number): Buffer {
  const first = type << 5;
  if (length < 24) return uint(first | length, 1);
  if (length < 0x100) return Buffer.concat([uint(first | 24, 1), uint(length, 1)]);
  return Buffer.concat([uint(first | 25, 1), uint(length, 2)]);
}

function uint(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}
