import { z } from 'zod';
import {
  databaseUrlRule,
  hostsRule,
  networksRule,
  refuseSettings,
  type SettingProblem,
  schemaRule,
} from './config-rules.ts';

const text = z.string().trim().min(1);
const origin = z
  .url({
    protocol: /^https?$/,
    error: 'must begin with http:// or https://, e.g. https://id.example.com',
  })
  .refine((value) => !/[?#]/.test(value) && (!URL.canParse(value) || new URL(value).username === ''), {
    error: 'must not have a query, a fragment or a user name',
  })
  .transform((value) => value.replace(/\/+$/, ''));
/** Refuses a value about which `rule` says something. */
const ruled =
  <Value>(rule: (value: Value) => string | undefined) =>
  (value: Value, context: z.core.$RefinementCtx<Value>) => {
    const message = rule(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  };
const list = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );

const headerName = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/i, 'A header name has 1 to 64 letters, digits and hyphens.')
  .transform((name) => name.toLowerCase())
  .optional();
const placeHeaderNames = {
  country: headerName,
  city: headerName,
  latitude: headerName,
  longitude: headerName,
  botScore: headerName,
  botVerified: headerName,
};
const prefixRule =
  'must be names of letters, digits, dots, underscores and hyphens with slashes between them, e.g. aldaba/files';
const placeKeys = Object.keys(placeHeaderNames);
const noPlaceHeaders = 'It has to be a JSON object with names of headers, e.g. {"country":"cf-ipcountry"}.';
const placeHeaders = z
  .strictObject(placeHeaderNames, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `The keys are ${placeKeys.join(', ')}; there is no ${issue.keys?.join(', ')}.`
        : noPlaceHeaders,
  })
  .refine(({ latitude, longitude }) => (latitude === undefined) === (longitude === undefined), {
    error: 'Latitude and longitude say nothing without each other: name both headers, or none.',
  });

const hourly = z.int().min(1).max(10_000_000);
const hourlyLimits = z.strictObject({ client: hourly, network: hourly, tenant: hourly }).partial();
const noMessageLimits =
  'It has to be a JSON object with messages an hour, e.g. {"email":{"client":200},"sms":{"client":10,"network":50,"tenant":500}}.';
const messageLimits = z.strictObject({ email: hourlyLimits, sms: hourlyLimits }, { error: noMessageLimits }).partial();

/**
 * Every setting, read from the environment once. `docs/configuration.md` is generated from these descriptions.
 */
export const configSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3001).describe('Port to listen on.'),
  HOST: text
    .default('0.0.0.0')
    .describe('Address to listen on. Use 127.0.0.1 to accept connections from this machine only.'),
  ENDPOINT: origin
    .optional()
    .describe(
      'Public URL of the server, e.g. `https://id.example.com` or `https://example.com/auth` (a path is allowed). Default: `http://localhost:<PORT>`. Tokens name it as their issuer, so set it before the first sign-in.',
    ),
  ADMIN_ENDPOINT: origin
    .optional()
    .describe(
      'Separate public origin for the admin tenant, with another host or port than `ENDPOINT`; `/t/admin` is then not served anywhere. Without it the admin tenant lives under `<ENDPOINT>/t/admin`.',
    ),
  DATABASE_URL: text
    .superRefine(ruled(databaseUrlRule))
    .optional()
    .describe(
      'PostgreSQL 15 or newer, e.g. `postgresql://user:password@host/database`. Without it Aldaba runs its own PostgreSQL inside the data folder.',
    ),
  DATABASE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(2)
    .max(200)
    .default(20)
    .describe('Connections that this process opens at most.'),
  DATABASE_STATEMENT_TIMEOUT: z.coerce
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(15)
    .describe(
      'Seconds that a statement of a request may take; after that the request is answered with 503. Migrations and background work are exempt. 0: no limit.',
    ),
  DATABASE_WAIT: z.coerce
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(30)
    .describe('Seconds that a start waits for a database that does not answer yet.'),
  ALDABA_DATA: text
    .default('data')
    .describe('Folder for the database, the generated secret and uploads. Relative to the place where Aldaba lies.'),
  ALDABA_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe(
      'Key material (32 characters or more) that encrypts secrets at rest. Without it one is made at the first start into `<ALDABA_DATA>/secret`, readable by the owner only. All nodes on one database need the same.',
    ),
  TRUSTED_PROXIES: list
    .superRefine(ruled(networksRule))
    .describe(
      'Comma-separated addresses or CIDR ranges of reverse proxies whose `X-Forwarded-For`, `X-Forwarded-Host` and `X-Forwarded-Port` are believed. Default: none.',
    ),
  MAX_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(10)
    .max(1_000_000)
    .default(10_000)
    .describe(
      'Connections of clients that this process holds at a time; further ones are closed at once. The limit of open files has to be higher.',
    ),
  HEADERS_TIMEOUT: z.coerce
    .number()
    .min(0.1)
    .max(600)
    .default(15)
    .describe('Seconds that a client has to send the headers of a request.'),
  REQUEST_TIMEOUT: z.coerce
    .number()
    .min(0.1)
    .max(3600)
    .default(30)
    .describe('Seconds that a client has to send a whole request, its body included.'),
  INJECTED_HEADER_MAPPING_JSON: z
    .string()
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: noPlaceHeaders });
        return z.NEVER;
      }
    })
    .pipe(placeHeaders)
    .optional()
    .describe(
      `Headers in which the \`TRUSTED_PROXIES\` tell where a request comes from, for adaptive MFA: a JSON object that names a header for any of ${placeKeys.map((key) => `\`${key}\``).join(', ')}, e.g. \`{"country":"cf-ipcountry"}\` (see [Where requests come from](operate/production.md#where-requests-come-from)). Default: none is read.`,
    ),
  MESSAGE_LIMITS_JSON: z
    .string()
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: noMessageLimits });
        return z.NEVER;
      }
    })
    .pipe(messageLimits)
    .optional()
    .describe(
      'Messages an hour, by kind (`email`, `sms`) and by whom they are counted: `client` (an IPv4 address or a /56 of IPv6), `network` (a /24 or a /48) and `tenant`. Default: `{"email":{"client":100,"network":500,"tenant":10000},"sms":{"client":30,"network":150,"tenant":1000}}`; what is left out keeps its default.',
    ),
  OUTBOUND_ALLOWED_HOSTS: list
    .superRefine(ruled(hostsRule))
    .describe(
      'Comma-separated hosts, addresses or CIDR ranges of private networks that outgoing requests (connectors, webhooks) may reach. Default: public addresses only.',
    ),
  CONNECTORS_FOLDER: text
    .default('connectors')
    .describe('Folder inside the data folder (or an absolute path) with published connector packages to load.'),
  S3_BUCKET: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'A bucket name has 3 to 63 lowercase letters, digits, dots and hyphens.',
    )
    .optional()
    .describe(
      'Bucket of an S3-compatible store for uploads; it needs `S3_ENDPOINT`, `S3_ACCESS_KEY_ID` and `S3_SECRET_ACCESS_KEY` beside it. Without it uploads lie in the data folder.',
    ),
  S3_ENDPOINT: origin
    .optional()
    .describe(
      'URL of the store, e.g. `https://s3.eu-central-1.amazonaws.com` or `http://minio:9000`. It may lie in a private network.',
    ),
  S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'must have lowercase letters, digits and hyphens only, e.g. eu-central-1')
    .default('us-east-1')
    .describe('Region of the store, as its signatures name it. Stores without regions take any.'),
  S3_ACCESS_KEY_ID: text.optional().describe('Id of the access key.'),
  S3_SECRET_ACCESS_KEY: text.optional().describe('The access key. It is never shown.'),
  S3_PATH_STYLE: z
    .enum(['true', 'false'])
    .default('true')
    .describe('Whether the bucket stands in the path of addresses (`true`) or in the host name (`false`).'),
  S3_KEY_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, prefixRule)
    .refine((value) => !value.split('/').some((part) => /^\.+$/.test(part)), prefixRule)
    .optional()
    .describe(
      'What the names of objects begin with, e.g. `aldaba`. The tenant follows: `aldaba/default/user-assets/…`.',
    ),
  S3_PUBLIC_URL: origin
    .optional()
    .describe(
      'Where everybody can read the bucket, e.g. `https://assets.example.com`. Images are then linked there; without it the server fetches and sends them.',
    ),
  LOG_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe('Days that the audit log is kept. Older entries are not shown any more, and dropped by the week.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('What the log shows.'),
});

type Environment = z.output<typeof configSchema>;
export type Config = Readonly<Omit<Environment, 'ENDPOINT'> & { ENDPOINT: string }>;

/**
 * Reads the configuration from an environment.
 * @throws Error that names each wrong variable and what it should be.
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  // An empty variable means "not set": that is how compose files and shells leave things out.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = configSchema.safeParse(given);
  const problems: SettingProblem[] = (result.error?.issues ?? []).map((issue) => {
    const [name, ...path] = issue.path;
    return { name: String(name), rule: schemaRule(configSchema.shape[name as keyof Environment], { ...issue, path }) };
  });
  const names = new Set(problems.map(({ name }) => name));
  problems.push(...combinations(given).filter((problem) => !names.has(problem.name)));
  if (problems.length > 0 || !result.success) return refuseSettings(problems);
  return Object.freeze({ ...result.data, ENDPOINT: result.data.ENDPOINT ?? `http://localhost:${result.data.PORT}` });
}

const s3Members = ['S3_BUCKET', 'S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;

/** Settings that do not go together. */
function combinations(given: Record<string, string | undefined>): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const missing = s3Members.filter((name) => given[name] === undefined);
  // Half of a store would mean uploads in another place than the operator thinks.
  if (missing.length < s3Members.length)
    problems.push(...missing.map((name) => ({ name, rule: 'is missing; an S3-compatible store needs it too' })));
  // Headers that are never believed would leave the operator with rules that never apply.
  if (given.INJECTED_HEADER_MAPPING_JSON !== undefined && given.TRUSTED_PROXIES === undefined)
    problems.push({
      name: 'TRUSTED_PROXIES',
      rule: 'is missing; INJECTED_HEADER_MAPPING_JSON names headers of proxies',
    });
  // Two tenants on one origin could not be told apart.
  const [endpoint, admin] = [given.ENDPOINT ?? `http://localhost:${given.PORT ?? 3001}`, given.ADMIN_ENDPOINT];
  if (
    admin !== undefined &&
    URL.canParse(admin) &&
    URL.canParse(endpoint) &&
    new URL(admin).host === new URL(endpoint).host
  )
    problems.push({
      name: 'ADMIN_ENDPOINT',
      rule: 'needs another host or port than ENDPOINT. Leave it out to have the admin tenant under /t/admin',
    });
  return problems;
}
