/** For tests that a request changes no row of another user: all rows that name a user, and bodies full of names. */
import type { RouteContract } from '@aldaba/contract';
import fc from 'fast-check';
import { z } from 'zod';
import type { Tenant } from '../../server/src/tenancy/index.ts';
import type { TestServer } from './server.ts';

/** Written with a delay, by any request, or about the caller's request. */
const volatile = new Set(['logs', 'jobs', 'daily_active_users', 'attempt_limits', 'message_limits', 'interactions']);

/** Every row of the tenant that names one user and not the other, by table. */
export async function rowsNaming(
  server: TestServer,
  tenant: Tenant,
  { userId, otherId }: { userId: string; otherId: string },
): Promise<Record<string, string[]>> {
  const { system } = server.app.database;
  const tables = await system.raw<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where n.nspname = 'aldaba' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  const found: Record<string, string[]> = {};
  for (const { name } of tables.filter((table) => !volatile.has(table.name) && !table.name.startsWith('logs'))) {
    const rows = await system.raw<{ row: string }>(
      `select to_jsonb(t)::text as row from ${name} t where t.tenant_id = $1
       and strpos(to_jsonb(t)::text, $2) > 0 and strpos(to_jsonb(t)::text, $3) = 0 order by 1`,
      [tenant.id, userId, otherId],
    );
    if (rows.length > 0) found[name] = rows.map(({ row }) => row);
  }
  return found;
}

interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  format?: string;
  pattern?: string;
  maxLength?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/** Bodies of the shape that the route takes, with `names` wherever it takes a text. */
export function bodiesOf({ body }: RouteContract, names: readonly string[]): fc.Arbitrary<unknown> {
  if (!body) return fc.constant(undefined);
  return valuesOf(z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }) as JsonSchema, names);
}

function valuesOf(schema: JsonSchema, names: readonly string[]): fc.Arbitrary<unknown> {
  const { type, enum: values, anyOf, oneOf, items, properties = {}, required = [] } = schema;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (values) return fc.constantFrom(...values);
  const choices = anyOf ?? oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => valuesOf(choice, names)));
  if (type === 'boolean') return fc.boolean();
  if (type === 'number' || type === 'integer') return fc.constant(1);
  if (type === 'null') return fc.constant(null);
  if (type === 'array') return fc.array(valuesOf(items ?? {}, names), { minLength: 1, maxLength: 2 });
  if (type === 'string') return textsOf(schema, names);
  const members = Object.entries(properties).map(([name, member]) => [name, valuesOf(member, names)] as const);
  if (members.length === 0) return fc.dictionary(fc.constantFrom('userId', 'id'), fc.constantFrom(...names));
  return fc.record(Object.fromEntries(members), { requiredKeys: required.filter((name) => name in properties) });
}

/** Those of the names that the schema accepts, or all of them. */
function textsOf({ format, pattern, maxLength = 4096 }: JsonSchema, names: readonly string[]): fc.Arbitrary<string> {
  if (format === 'uri') return fc.constant('https://account.example.com/callback');
  const fits = (name: string) =>
    (format !== 'email' || name.includes('@')) && new RegExp(pattern ?? '', 'u').test(name) && name.length <= maxLength;
  const fitting = names.filter(fits);
  return fc.constantFrom(...(fitting.length > 0 ? fitting : names));
}

/** The path with `name` for each parameter. */
export const pathNaming = ({ path }: RouteContract, name: string): string =>
  path.replaceAll(/:\w+/g, encodeURIComponent(name));
