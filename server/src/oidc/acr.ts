/** How strong a sign-in was, as `acr` in ID tokens (OpenID Connect Core section 2), weakest first. */
const acrValues = {
  /** One factor was verified. */
  oneFactor: 'urn:aldaba:acr:1fa',
  /** Two different factors were verified in the same sign-in. */
  twoFactors: 'urn:aldaba:acr:2fa',
} as const;

/** As published by discovery, weakest first. */
export const supportedAcrValues: readonly string[] = Object.values(acrValues);

/** @param amr the methods of the sign-in (RFC 8176) */
export const acrOf = (amr: readonly string[]): string =>
  amr.includes('mfa') ? acrValues.twoFactors : acrValues.oneFactor;

/**
 * The `acr` for an essential request: the strongest requested value that the sign-in reaches. A stronger sign-in
 * satisfies a weaker value, and the result must be one of the requested values (OpenID Connect Core section 5.5.1.1).
 *
 * @returns undefined if the sign-in reaches none of them
 */
export const answeringAcr = (essential: readonly string[], amr: readonly string[]): string | undefined =>
  supportedAcrValues
    .slice(0, supportedAcrValues.indexOf(acrOf(amr)) + 1)
    .findLast((value) => essential.includes(value));

/** Whether a sign-in satisfies the essential `acr` values of the request. */
export const meetsAcr = (essential: readonly string[] | undefined, amr: readonly string[]): boolean =>
  essential === undefined || answeringAcr(essential, amr) !== undefined;

/** Whether the essential `acr` values require more than one factor. */
export const requiresSecondFactor = (essential: readonly string[] | undefined): boolean => !meetsAcr(essential, []);

/** Whether no sign-in can reach any of the essential `acr` values. */
export const isUnreachable = (essential: readonly string[] | undefined): boolean =>
  essential !== undefined && !supportedAcrValues.some((value) => essential.includes(value));
