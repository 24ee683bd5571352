import { z } from 'zod';

const text = z.string().trim().min(1);
const origin = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''));
const list = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );

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
      'Separate public origin for the admin tenant. Without it the admin tenant lives under `<ENDPOINT>/t/admin`.',
    ),
  DATABASE_URL: text
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
  TRUSTED_PROXIES: list.describe(
    'Comma-separated addresses or CIDR ranges of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. Default: none.',
  ),
  OUTBOUND_ALLOWED_HOSTS: list.describe(
    'Comma-separated hosts, addresses or CIDR ranges of private networks that outgoing requests (connectors, webhooks) may reach. Default: public addresses only.',
  ),
  CONNECTORS_FOLDER: text
    .default('connectors')
    .describe('Folder inside the data folder (or an absolute path) with published connector packages to load.'),
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
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The configuration is not valid. Correct these environment variables:\n${lines.join('\n')}`);
  }
  return Object.freeze({ ...result.data, ENDPOINT: result.data.ENDPOINT ?? `http://localhost:${result.data.PORT}` });
}
