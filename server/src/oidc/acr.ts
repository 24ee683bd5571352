/** How strong a sign-in was, as `acr` in ID tokens (OpenID Connect Core section 2), weakest first. */
const acrValues = {
  /** One factor was proved. */
  oneFactor: 'urn:aldaba:acr:1fa',
  /** Two different factors were proved in the same sign-in. */
  twoFactors: 'urn:aldaba:acr:2fa',
} as const;

/** As discovery publishes them, weakest first. */
export const supportedAcrValues: readonly string[] = Object.values(acrValues);

/** @param amr how the user signed in (RFC 8176) */
export const acrOf = (amr: readonly string[]): string =>
  amr.includes('mfa') ? acrValues.twoFactors : acrValues.oneFactor;

/**
 * The `acr` that answers an essential request: the strongest of the requested values that the sign-in reaches. A stronger
 * sign-in satisfies a weaker value, and the answer has to be one of the values (OpenID Connect Core section 5.5.1.1).
 *
 * @returns undefined when the sign-in reaches none of them
 */
export const answeringAcr = (essential: readonly string[], amr: readonly string[]): string | undefined =>
  supportedAcrValues
    .slice(0, supportedAcrValues.indexOf(acrOf(amr)) + 1)
    .findLast((value) => essential.includes(value));

/** Whether a sign-in is what the request insists on. */
export const meetsAcr = (essential: readonly string[] | undefined, amr: readonly string[]): boolean =>
  essential === undefined || answeringAcr(essential, amr) !== undefined;

/** Whether a sign-in with one factor does not reach what the request insists on. */
export const requiresSecondFactor = (essential: readonly string[] | undefined): boolean => !meetsAcr(essential, []);

/** Whether no sign-in reaches any of the values that the request insists on. */
export const isUnreachable = (essential: readonly string[] | undefined): boolean =>
  essential !== undefined && !supportedAcrValues.some((value) => essential.includes(value));
