import { whyUnstorable } from '../kernel/storable.ts';
import { isUserClaim, type RequestedClaims } from './claims.ts';
import { ProtocolError } from './protocol-error.ts';

/**
 * What the `claims` parameter asks for (OpenID Connect Core section 5.5), without the claims that this server does not know.
 * Essential and voluntary claims about a user are answered alike: a claim that is not there is never an error.
 */
export interface ClaimsRequest {
  userinfo?: RequestedClaims;
  idToken?: RequestedClaims;
}

/** What a request asks of the sign-in itself. */
export interface AuthenticationWishes {
  /** The only user that may come back. */
  subject?: string;
  /** `acr` as an essential claim: one of these values must be reached. */
  essentialAcr?: string[];
}

/**
 * Reads the `claims` parameter.
 * @throws ProtocolError `invalid_request` when it is not JSON of the form of Core section 5.5
 */
export function readRequestedClaims(text: string | undefined): AuthenticationWishes & { claims?: ClaimsRequest } {
  if (text === undefined) return {};
  const source = parse(text);
  const [userinfo, idToken] = [readMember(source, 'userinfo'), readMember(source, 'id_token')];
  const claims: ClaimsRequest = {
    ...onlyKnown('userinfo', userinfo),
    ...onlyKnown('idToken', idToken),
  };
  return {
    ...(Object.keys(claims).length > 0 ? { claims } : {}),
    ...readSubject([userinfo, idToken]),
    ...readEssentialAcr(idToken.get('acr')),
  };
}

/** Levels of nesting: values that are asked for may be objects. */
const maximumDepth = 16;

interface Wish {
  essential: boolean;
  values: unknown[] | null;
}

const malformed = (reason: string) => new ProtocolError('invalid_request', `claims parameter ${reason}`);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('must be JSON');
  }
  if (!isObject(value)) throw malformed('must be a JSON object');
  // It waits in the database while the user signs in.
  const reason = whyUnstorable(value, maximumDepth);
  if (reason !== undefined) throw malformed(`cannot be used: ${reason}`);
  return value;
}

/** The wishes of `userinfo` or `id_token`. Unknown members are ignored, wherever they are. */
function readMember(source: Record<string, unknown>, name: 'userinfo' | 'id_token'): Map<string, Wish> {
  const member = Object.hasOwn(source, name) ? source[name] : null;
  if (member === null || member === undefined) return new Map();
  if (!isObject(member)) throw malformed(`.${name} must be a JSON object`);
  return new Map(Object.entries(member).map(([claim, wish]) => [claim, readWish(wish)]));
}

function readWish(wish: unknown): Wish {
  if (wish === null) return { essential: false, values: null };
  if (!isObject(wish)) throw malformed('must give null or an object for each claim');
  const { essential = false, value, values } = wish;
  if (typeof essential !== 'boolean') throw malformed('.essential must be true or false');
  if (values !== undefined && !Array.isArray(values)) throw malformed('.values must be an array');
  return { essential, values: value !== undefined ? [value] : (values ?? null) };
}

function onlyKnown(place: keyof ClaimsRequest, wishes: Map<string, Wish>): ClaimsRequest {
  const known = [...wishes].filter(([claim]) => isUserClaim(claim)).map(([claim, { values }]) => [claim, values]);
  return known.length > 0 ? { [place]: Object.fromEntries(known) } : {};
}

/** `sub` with a value: only that user may come back (Core section 5.5.1). */
function readSubject(members: readonly Map<string, Wish>[]): { subject?: string } {
  const wanted = new Set(members.flatMap((wishes) => wishes.get('sub')?.values ?? []));
  if (wanted.size === 0) return {};
  const [subject] = wanted;
  if (wanted.size > 1 || typeof subject !== 'string') throw malformed('must name one user as sub');
  return { subject };
}

function readEssentialAcr(wish: Wish | undefined): { essentialAcr?: string[] } {
  if (!wish?.essential || wish.values === null) return {};
  return { essentialAcr: wish.values.filter((value) => typeof value === 'string') };
}
