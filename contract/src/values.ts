import { z } from 'zod';

/** Shapes that several routes share. */

/** Any JSON object. */
export const jsonObject = z.record(z.string(), z.unknown());
/** An id or a name in a path. */
export const pathId = z.string().min(1).max(256);
/** A query parameter that is on or off: `true`, `1`, `yes`, `false`, `0`, `no`. */
export const flag = z.stringbool();
/**
 * Whether replacing or removing a credential ends the sessions and grants of the user. On unless the caller says
 * otherwise: someone who signed in with the old credential must not stay signed in.
 */
export const revokeSessions = z.boolean().default(true).describe('End the sessions and grants of the user.');
export const revokeSessionsQuery = z.object({ revokeSessions: flag.default(true) });
/** Values that an operator gives a script beside its text, keys and passwords among them. */
export const environmentVariables = z.record(z.string().min(1).max(256), z.string().max(10_000));
/** Milliseconds since the epoch. */
export const instant = z.number().int();
/** The same in a query. */
export const time = z.coerce.number().int().min(0).max(8_640_000_000_000_000).describe('Milliseconds since the epoch.');
/** A link that pages show or that the server calls: http or https, without user information. */
export const webUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine((value) => !hasCredentials(value), { message: 'must not contain a user name or password' });
/** An optional link that may also be emptied. */
export const optionalLink = z.union([webUrl, z.literal('')]).nullable();
/** A CSS color `#rrggbb` or `#rgb`. */
export const color = z.string().regex(/^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/, 'must be a color like #4f46e5');
/** Whether a text has the form of a BCP 47 language tag; `Intl` throws on others. */
export const isLanguageTag = (text: string): boolean => {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
};

/** A BCP 47 language tag. */
export const languageTag = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag like en or zh-CN')
  .max(35)
  .refine(isLanguageTag, 'must be a language tag like en or zh-CN');

/** How tokens can be signed (RFC 7518 section 3.1). */
export const signingAlgorithmSchema = z.enum(['RS256', 'PS256', 'ES256', 'ES384', 'ES512']);
export type SigningAlgorithm = z.output<typeof signingAlgorithmSchema>;

/** Ids of rows to assign; repeated ones count once. */
export const idList = z.array(z.string().min(1).max(128)).max(1000);

/** Query of a search: `search`, `search.<field>`, `mode`, `mode.<field>`, `joint`, `isCaseSensitive`. */
export const searchQuery = z.looseObject({
  search: z.union([z.string(), z.array(z.string())]).optional(),
});

/** Query of lists that can be searched for a part of a name. */
export const containsQuery = z.object({ q: z.string().max(1024).optional() });

function hasCredentials(value: string): boolean {
  // Checks run together: the check before reports values that are not URLs.
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return url.username !== '' || url.password !== '';
}

/** Seconds during which a replaced refresh token still works. */
export const gracePeriod = z.number().int().min(0).max(60);
