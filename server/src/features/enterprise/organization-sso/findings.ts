/** What a test sign-in found: what arrived, how it maps, and why it would not sign a user in. Pure. */
import type { PortalSsoReason, PortalSsoTest } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeEmail } from '../../../kernel/identifiers.ts';
import type { SsoAnswer } from '../sso-connectors/index.ts';

/** What is kept of a test. */
export type TestResult = Omit<PortalSsoTest, 'time'>;

/** Attributes, values of each, and characters of each that are shown. */
const limits = { names: 60, values: 40, length: 300 };

/** Names under which providers send groups or roles. */
const groupNames = /(?:^|[/_.:-])(?:groups?|roles?|member_?of)$/i;

const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, limits.length);

const claimsOf = (attributes: Readonly<Record<string, unknown>>): PortalSsoTest['claims'] =>
  Object.entries(attributes)
    .slice(0, limits.names)
    .map(([name, value]) => ({
      name: name.slice(0, limits.length),
      values: [value].flat().slice(0, limits.values).map(textOf),
      isGroups: groupNames.test(name),
    }));

/** A sign-in with this answer would work if the result has no reason. */
export function findingOf(answer: SsoAnswer, domains: readonly string[]): TestResult {
  const email = answer.email === undefined ? undefined : normalizeEmail(answer.email);
  const domain = email?.slice(email.lastIndexOf('@') + 1);
  const reason: PortalSsoReason | undefined =
    domain === undefined
      ? 'no-email'
      : !domains.includes(domain)
        ? 'foreign-domain'
        : answer.isEmailVerified
          ? undefined
          : 'unverified-email';
  return {
    ...(reason ? { reason } : {}),
    mapped: {
      id: textOf(answer.id),
      ...(answer.name === undefined ? {} : { name: textOf(answer.name) }),
      ...(answer.email === undefined ? {} : { email: textOf(answer.email) }),
    },
    claims: claimsOf(answer.attributes),
  };
}

/** Reasons of the SAML layer, by what an administrator mends. */
const bySaml: Readonly<Record<string, PortalSsoReason>> = {
  status_not_success: 'declined',
  not_signed: 'not-signed',
  signature_not_over_this_element: 'not-signed',
  algorithm_not_allowed: 'weak-algorithm',
  signature_invalid: 'certificate',
  no_usable_certificate: 'certificate',
  encryption_not_supported: 'encryption',
  decryption_failed: 'encryption',
  issuer_mismatch: 'entity-id',
  audience_mismatch: 'audience',
  recipient_mismatch: 'acs-url',
  destination_mismatch: 'acs-url',
  in_response_to_mismatch: 'other-request',
  already_answered: 'other-request',
  subject_missing: 'no-subject',
  not_yet_valid: 'clock',
  expired: 'clock',
};

/** Checks of ID tokens. */
const byCheck: Readonly<Record<string, PortalSsoReason>> = {
  aud: 'client-id',
  azp: 'client-id',
  iss: 'issuer',
  exp: 'clock',
  nbf: 'clock',
  iat: 'clock',
  nonce: 'other-request',
  signature: 'keys',
};

const byCode: Readonly<Record<string, PortalSsoReason>> = {
  'connector.authorization_failed': 'declined',
  'connector.general': 'provider-error',
  'connector.invalid_config': 'client',
  'connector.social_auth_code_invalid': 'code',
  'connector.social_invalid_id_token': 'id-token',
  'connector.social_invalid_access_token': 'userinfo',
  'connector.rate_limit_exceeded': 'unreachable',
  'connector.timeout': 'unreachable',
};

/** What is known of a failed test besides the error. */
interface Circumstances {
  /** What the SAML layer noted. */
  refusal?: Readonly<Record<string, unknown>>;
  /** All certificates of the provider have ended. */
  isCertificateEnded?: boolean;
}

/** Why a test failed, for an error that a connection throws. */
export function failureOf(error: unknown, { refusal = {}, isCertificateEnded = false }: Circumstances): TestResult {
  if (!(error instanceof AldabaError)) throw error;
  const { errorDescription, message } = (error.data ?? {}) as { errorDescription?: unknown; message?: unknown };
  const told = [refusal.detail, errorDescription, message].find((text) => typeof text === 'string' && text !== '');
  const reason = reasonOf(error, refusal);
  return {
    reason: reason === 'certificate' && isCertificateEnded ? 'certificate-ended' : reason,
    ...(typeof told === 'string' ? { detail: told.slice(0, limits.length) } : {}),
    claims: [],
  };
}

function reasonOf({ code, data }: AldabaError, refusal: Readonly<Record<string, unknown>>): PortalSsoReason {
  const { reason = refusal.reason, check } = (data ?? {}) as { reason?: unknown; check?: unknown };
  // A provider that cannot give the name that was asked for says so in its status.
  if (reason === 'status_not_success' && String(refusal.detail).includes('InvalidNameIDPolicy')) return 'no-subject';
  return bySaml[String(reason)] ?? byCheck[String(check)] ?? byCode[code] ?? 'unreadable';
}
