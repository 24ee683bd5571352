/** How strong a sign-in was, as `acr` in ID tokens (OpenID Connect Core section 2), weakest first. */
const acrValues = {
  /** One factor was proved. */
  oneFactor: 'urn:aldaba:acr:1fa',
  /** Two different factors were proved in the same sign-in. */
  twoFactors: 'urn:aldaba:acr:2fa',
} as const;

/** As discovery publishes them. */
export const supportedAcrValues: readonly string[] = Object.values(acrValues);

/** @param amr how the user signed in (RFC 8176) */
export const acrOf = (amr: readonly string[]): string =>
  amr.includes('mfa') ? acrValues.twoFactors : acrValues.oneFactor;

/** Whether a sign-in is what the request insists on. */
export const meetsAcr = (essential: readonly string[] | undefined, amr: readonly string[]): boolean =>
  essential === undefined || essential.includes(acrOf(amr));

/** Whether no sign-in reaches any of the values that the request insists on. */
export const isUnreachable = (essential: readonly string[] | undefined): boolean =>
  essential !== undefined && !supportedAcrValues.some((value) => essential.includes(value));
