import { whyUnstorable } from '../kernel/storable.ts';
import { isUserClaim, type RequestedClaims } from './claims.ts';
import { ProtocolError } from './protocol-error.ts';

/**
 * The known claims that the `claims` parameter requests (OpenID Connect Core section 5.5). Essential and voluntary user
 * claims are treated alike: a missing claim is never an error.
 */
export interface ClaimsRequest {
  userinfo?: RequestedClaims;
  idToken?: RequestedClaims;
}

/** What a request requires of the sign-in itself. */
export interface RequiredAuthentication {
  /** The only user that may be returned. */
  subject?: string;
  /** `acr` as an essential claim: one of these values must be reached. */
  essentialAcr?: string[];
}

/**
 * Reads the `claims` parameter.
 * @throws ProtocolError `invalid_request` unless it is JSON in the format of Core section 5.5
 */
export function readRequestedClaims(text: string | undefined): RequiredAuthentication & { claims?: ClaimsRequest } {
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

/** Maximum nesting depth: requested values may be objects. */
const maximumDepth = 16;

interface ClaimRequest {
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
  // It is stored in the database while the user signs in.
  const reason = whyUnstorable(value, maximumDepth);
  if (reason !== undefined) throw malformed(`cannot be used: ${reason}`);
  return value;
}

/** The requested claims of `userinfo` or `id_token`. Unknown members are ignored at every level. */
function readMember(source: Record<string, unknown>, name: 'userinfo' | 'id_token'): Map<string, ClaimRequest> {
  const member = Object.hasOwn(source, name) ? source[name] : null;
  if (member === null || member === undefined) return new Map();
  if (!isObject(member)) throw malformed(`.${name} must be a JSON object`);
  return new Map(Object.entries(member).map(([claim, request]) => [claim, readClaimRequest(request)]));
}

function readClaimRequest(request: unknown): ClaimRequest {
  if (request === null) return { essential: false, values: null };
  if (!isObject(request)) throw malformed('must give null or an object for each claim');
  const { essential = false, value, values } = request;
  if (typeof essential !== 'boolean') throw malformed('.essential must be true or false');
  if (values !== undefined && !Array.isArray(values)) throw malformed('.values must be an array');
  return { essential, values: value !== undefined ? [value] : (values ?? null) };
}

function onlyKnown(place: keyof ClaimsRequest, requests: Map<string, ClaimRequest>): ClaimsRequest {
  const known = [...requests].filter(([claim]) => isUserClaim(claim)).map(([claim, { values }]) => [claim, values]);
  return known.length > 0 ? { [place]: Object.fromEntries(known) } : {};
}

/** `sub` with a value: only that user may be returned (Core section 5.5.1). */
function readSubject(members: readonly Map<string, ClaimRequest>[]): { subject?: string } {
  const wanted = new Set(members.flatMap((requests) => requests.get('sub')?.values ?? []));
  if (wanted.size === 0) return {};
  const [subject] = wanted;
  if (wanted.size > 1 || typeof subject !== 'string') throw malformed('must name one user as sub');
  return { subject };
}

function readEssentialAcr(request: ClaimRequest | undefined): { essentialAcr?: string[] } {
  if (!request?.essential || request.values === null) return {};
  return { essentialAcr: request.values.filter((value) => typeof value === 'string') };
}
