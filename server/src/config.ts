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
    error: 'must not have a query, a fragment or a username',
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
  'must be one or more names of letters, digits, dots, underscores and hyphens, separated by slashes, e.g. aldaba/files';
const placeKeys = Object.keys(placeHeaderNames);
const noPlaceHeaders = 'It must be a JSON object with header names, e.g. {"country":"cf-ipcountry"}.';
const placeHeaders = z
  .strictObject(placeHeaderNames, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `Unknown key ${issue.keys?.join(', ')}. The keys are ${placeKeys.join(', ')}.`
        : noPlaceHeaders,
  })
  .refine(({ latitude, longitude }) => (latitude === undefined) === (longitude === undefined), {
    error: 'Latitude and longitude are only useful together: set both headers or neither.',
  });

const hourly = z.int().min(1).max(10_000_000);
const hourlyLimits = z.strictObject({ client: hourly, network: hourly, tenant: hourly }).partial();
const noMessageLimits =
  'It must be a JSON object with messages per hour, e.g. {"email":{"client":200},"sms":{"client":10,"network":50,"tenant":500}}.';
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
      'Separate public origin for the admin tenant, with a different host or port than `ENDPOINT`. If set, `/t/admin` is not served. Default: `<ENDPOINT>/t/admin`.',
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
    .describe('Maximum number of database connections of this process.'),
  DATABASE_STATEMENT_TIMEOUT: z.coerce
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(15)
    .describe(
      'Time limit in seconds for each SQL statement of a request. Requests that exceed it get a 503 response. Migrations and background work are exempt. 0: no limit.',
    ),
  DATABASE_WAIT: z.coerce
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(30)
    .describe('Time in seconds that the server waits at start for the database to become available.'),
  ALDABA_DATA: text
    .default('data')
    .describe(
      'Folder for the database, the generated secret and uploads. A relative path starts at Aldaba’s installation folder.',
    ),
  ALDABA_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe(
      'Key material (32 characters or more) that encrypts secrets at rest. Without it, the first start creates one in `<ALDABA_DATA>/secret`, readable by the owner only. All nodes that share a database need the same secret.',
    ),
  TRUSTED_PROXIES: list
    .superRefine(ruled(networksRule))
    .describe(
      'Comma-separated addresses or CIDR ranges of reverse proxies whose `X-Forwarded-For`, `X-Forwarded-Host` and `X-Forwarded-Port` are trusted. Default: none.',
    ),
  MAX_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(10)
    .max(1_000_000)
    .default(10_000)
    .describe(
      'Maximum number of simultaneous client connections of this process; more are closed immediately. The limit of open files must be higher.',
    ),
  HEADERS_TIMEOUT: z.coerce
    .number()
    .min(0.1)
    .max(600)
    .default(15)
    .describe('Time limit in seconds for a client to send the request headers.'),
  REQUEST_TIMEOUT: z.coerce
    .number()
    .min(0.1)
    .max(3600)
    .default(30)
    .describe('Time limit in seconds for a client to send the whole request, including its body.'),
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
      `Headers in which the \`TRUSTED_PROXIES\` report the location of a request, for adaptive MFA: a JSON object that maps any of ${placeKeys.map((key) => `\`${key}\``).join(', ')} to a header name, e.g. \`{"country":"cf-ipcountry"}\` (see [Where requests come from](operate/production.md#where-requests-come-from)). Default: none.`,
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
      'Messages per hour, by type (`email`, `sms`) and by scope: `client` (an IPv4 address or an IPv6 /56), `network` (an IPv4 /24 or an IPv6 /48) and `tenant`. Default: `{"email":{"client":100,"network":500,"tenant":10000},"sms":{"client":30,"network":150,"tenant":1000}}`; omitted values keep their default.',
    ),
  OUTBOUND_ALLOWED_HOSTS: list
    .superRefine(ruled(hostsRule))
    .describe(
      'Comma-separated hosts, addresses or CIDR ranges of private networks that outgoing requests (connectors, webhooks) may reach; providers of connectors may also use `http` there. Default: public addresses only, and `https` for connectors.',
    ),
  BREACHED_PASSWORDS_URL: origin
    .optional()
    .describe(
      'Range service that is asked about new passwords, e.g. `https://api.pwnedpasswords.com/range`; it gets 5 digits of the SHA-1 hash (see [Breached passwords](sign-in.md#breached-passwords)). Default: none is asked.',
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
      'Bucket of an S3-compatible store for uploads; requires `S3_ENDPOINT`, `S3_ACCESS_KEY_ID` and `S3_SECRET_ACCESS_KEY`. Without it, uploads are stored in the data folder.',
    ),
  S3_ENDPOINT: origin
    .optional()
    .describe(
      'URL of the store, e.g. `https://s3.eu-central-1.amazonaws.com` or `http://minio:9000`. It may be in a private network.',
    ),
  S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'must have lowercase letters, digits and hyphens only, e.g. eu-central-1')
    .default('us-east-1')
    .describe('Region of the store, used in request signatures. Stores without regions accept any value.'),
  S3_ACCESS_KEY_ID: text.optional().describe('ID of the access key.'),
  S3_SECRET_ACCESS_KEY: text.optional().describe('Secret of the access key. It is never logged or returned.'),
  S3_PATH_STYLE: z
    .enum(['true', 'false'])
    .default('true')
    .describe('Whether URLs have the bucket in the path (`true`) or in the host name (`false`).'),
  S3_KEY_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, prefixRule)
    .refine((value) => !value.split('/').some((part) => /^\.+$/.test(part)), prefixRule)
    .optional()
    .describe('Prefix of object names, e.g. `aldaba`. The tenant ID follows it: `aldaba/default/user-assets/…`.'),
  S3_PUBLIC_URL: origin
    .optional()
    .describe(
      'Public URL of the bucket, e.g. `https://assets.example.com`. Image links use it. Without it, the server fetches and sends images itself.',
    ),
  LOG_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe('Retention of the audit log in days. Older entries are hidden and deleted once a week.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Minimum level of log entries.'),
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
    problems.push(...missing.map((name) => ({ name, rule: 'is missing; an S3-compatible store requires it' })));
  // Headers that are never believed would leave the operator with rules that never apply.
  if (given.INJECTED_HEADER_MAPPING_JSON !== undefined && given.TRUSTED_PROXIES === undefined)
    problems.push({
      name: 'TRUSTED_PROXIES',
      rule: 'is missing; INJECTED_HEADER_MAPPING_JSON requires it',
    });
  // Two tenants on one origin could not be distinguished.
  const [endpoint, admin] = [given.ENDPOINT ?? `http://localhost:${given.PORT ?? 3001}`, given.ADMIN_ENDPOINT];
  if (
    admin !== undefined &&
    URL.canParse(admin) &&
    URL.canParse(endpoint) &&
    new URL(admin).host === new URL(endpoint).host
  )
    problems.push({
      name: 'ADMIN_ENDPOINT',
      rule: 'must have a different host or port than ENDPOINT. Without it, the admin tenant is served under /t/admin',
    });
  return problems;
}
