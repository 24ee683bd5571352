/** Letters of scripts that are written from right to left: Hebrew, Arabic and others. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * The values of a phrase. What is written from right to left, such as a name, stands between marks that keep it from
 * turning the sentence around it (FSI and PDI of the Unicode Bidirectional Algorithm).
 */
export const isolated = (values: Readonly<Record<string, unknown>> | undefined) =>
  values &&
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && rightToLeft.test(value) ? `\u2068${value}\u2069` : value,
    ]),
  );
