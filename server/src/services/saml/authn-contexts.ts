/**
 * Authentication contexts (SAML core section 3.3.2.2.1): what a service provider may ask about the sign-in, and what an
 * assertion says about it. `amr` are the methods of the session (RFC 8176).
 */
import { namespaces } from './names.ts';
import { SamlRefusal } from './refusal.ts';
import { attributeOf, childrenNamed, findChild, textOf } from './xml.ts';

const classes = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';
const unspecified = `${classes}unspecified`;
const password = `${classes}Password`;
const passwordProtectedTransport = `${classes}PasswordProtectedTransport`;
/** REFEDS MFA Profile, and the name that Microsoft's services use. */
const secondFactor = ['https://refeds.org/profile/mfa', 'http://schemas.microsoft.com/claims/multipleauthn'];

/** Every class that a sign-in can have, with its strength. None uses certificates or Kerberos. */
const strengths = new Map([
  [unspecified, 0],
  [password, 1],
  [passwordProtectedTransport, 2],
  ...secondFactor.map((name): [string, number] => [name, 3]),
]);

const comparisons = ['exact', 'minimum', 'maximum', 'better'] as const;

export interface RequestedContext {
  comparison: (typeof comparisons)[number];
  /** In the order of preference. */
  classes: string[];
}

const maximumClasses = 20;

/** The `RequestedAuthnContext` of a request. Declarations, which no session has, count as unknown classes. */
export function requestedContextOf(request: Element): RequestedContext | undefined {
  const element = findChild(request, namespaces.protocol, 'RequestedAuthnContext');
  if (!element) return undefined;
  const given = attributeOf(element, 'Comparison') ?? 'exact';
  const comparison = comparisons.find((name) => name === given);
  if (!comparison) throw new SamlRefusal('unexpected_structure', `Comparison: ${given.slice(0, 100)}`);
  const found = childrenNamed(element, namespaces.assertion, 'AuthnContextClassRef').map(textOf);
  if (found.length > maximumClasses) throw new SamlRefusal('unexpected_structure', 'too many AuthnContextClassRef');
  return { comparison, classes: found };
}

/** A one-time code that the server sent is a password of that sign-in. */
const passwordMethods = ['pwd', 'email', 'sms'];

/**
 * The classes that a session reaches, weakest first. Service providers ask for a password over a protected transport
 * because their library does: a passkey, a social account or a company is not a weaker answer to that.
 */
const classesOf = (amr: readonly string[]): string[] => [
  ...[unspecified, password, passwordProtectedTransport],
  ...(amr.includes('mfa') ? secondFactor : []),
];

/** What an assertion says that was not asked. */
function ownClass(amr: readonly string[]): string | undefined {
  if (amr.some((method) => passwordMethods.includes(method))) return passwordProtectedTransport;
  return amr.includes('mfa') ? secondFactor[0] : unspecified;
}

/** The class that the assertion names; undefined if the session does not satisfy the request. */
export function answeringContext(requested: RequestedContext | undefined, amr: readonly string[]): string | undefined {
  if (!requested) return ownClass(amr);
  const own = classesOf(amr);
  const { comparison } = requested;
  if (comparison === 'exact') return requested.classes.find((name) => own.includes(name));
  const limits = requested.classes.flatMap((name) => strengths.get(name) ?? []);
  if (limits.length === 0) return undefined;
  const fits = {
    minimum: (strength: number) => strength >= Math.min(...limits),
    maximum: (strength: number) => strength <= Math.max(...limits),
    better: (strength: number) => strength > Math.max(...limits),
  }[comparison];
  const fitting = own.filter((name) => fits(strengths.get(name) ?? 0));
  // A class that the service provider named is one that it knows.
  const named = comparison === 'minimum' ? requested.classes.find((name) => fitting.includes(name)) : undefined;
  return named ?? strongest(fitting);
}

/** The first of the strongest ones. */
const strongest = (names: readonly string[]): string | undefined => {
  const top = Math.max(...names.map((name) => strengths.get(name) ?? 0));
  return names.find((name) => strengths.get(name) === top);
};

/** What a request needs of a sign-in: nothing, a second factor, or what no sign-in has. */
export function needOf(requested: RequestedContext | undefined): 'nothing' | 'second factor' | 'unreachable' {
  const reaches = (...amr: string[]) => answeringContext(requested, amr) !== undefined;
  if (reaches()) return 'nothing';
  return reaches('mfa') ? 'second factor' : 'unreachable';
}
