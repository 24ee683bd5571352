import { z } from 'zod';

const some = z.string().optional();

/** The names and versions in the `User-Agent` header of a browser. */
export const userAgentParsedSchema = z
  .object({
    ua: some,
    browser: z.object({ name: some, version: some, major: some, type: some }).optional(),
    device: z.object({ model: some, type: some, vendor: some }).optional(),
    engine: z.object({ name: some, version: some }).optional(),
    os: z.object({ name: some, version: some }).optional(),
    cpu: z.object({ architecture: some }).optional(),
  })
  .describe('The parsed user agent.');
export type UserAgentParsed = z.output<typeof userAgentParsedSchema>;
