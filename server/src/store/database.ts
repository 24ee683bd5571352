/**
 * The one way to the database: a pool shared by all tenants, and handles that are set to one tenant each.
 *
 * A handle (`Database.tenant(id)`) sets `app.tenant` on the connection before its statements, so that row-level security
 * hides every other tenant's rows even when a query forgets its predicate. The setting stays on the connection and is
 * sent again only when the connection last served another tenant: one tenant costs no extra round trip.
 *
 * Queries are built with `sql` (Kysely, typed, compiled only) and run by the handle; statements are prepared by name
 * once per connection, so connect directly or through a pooler in session mode.
 */
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { Pool, type PoolClient, types } from 'pg';
import { translateDatabaseError } from './errors.ts';
import type { Tables } from './schema.ts';

// int8 (counts) as a number: no count here comes near 2^53.
types.setTypeParser(types.builtins.INT8, Number);

/** Builds typed queries: `sql.selectFrom('users')…`. It has no connection; a `Queries` handle runs what it builds. */
export const sql = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** A Kysely builder, or any other thing that compiles to SQL with a known row type. */
export interface Compilable<Row> {
  compile(): { readonly sql: string; readonly parameters: readonly unknown[]; readonly query: unknown } & RowOf<Row>;
}
// Kysely carries the row type in `CompiledQuery<O>` without a visible member; this keeps it inferable.
type RowOf<Row> = import('kysely').CompiledQuery<Row>;

/** Runs statements for one tenant. */
export interface Queries {
  readonly tenantId: string;
  /** All rows. Throws `AldabaError` for constraint violations (see `store/errors.ts`). */
  all<Row>(query: Compilable<Row>): Promise<Row[]>;
  /** The first row, or undefined. */
  first<Row>(query: Compilable<Row>): Promise<Row | undefined>;
  /** The number of rows that an insert, update or delete touched. */
  run(query: Compilable<unknown>): Promise<number>;
  /** Hand-written SQL for the few hot statements; `$1…` parameters. */
  raw<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * Runs `work` in one transaction on one connection: all of it is committed, or, if it throws, none.
   * Inside a transaction it joins the one that is running.
   */
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>;
  /** Calls `work` once what was done so far is committed; at once outside a transaction, never after a rollback. */
  afterCommit(work: () => void): void;
}

export interface Database {
  /** A handle for one tenant; cheap, hold it or make it anew. */
  tenant(tenantId: string): Queries;
  /** A handle that sees all tenants: for sweeping expired rows, tenant life cycle and migrations only. */
  readonly system: Queries;
  /** Calls `listener` with the payload of every NOTIFY on `channel`, from this process or another node. Returns after LISTEN is active. */
  listen(channel: string, listener: (payload: string) => void): Promise<void>;
  /** Number of statements sent for tenants since the start, without background work: for the bench and tests that promise a ceiling. */
  readonly statements: { count: number };
  close(): Promise<void>;
}

interface TenantClient extends PoolClient {
  aldabaTenant?: string;
}

/** Prepared-statement names by text. Bounded: beyond it statements run unnamed, which is slower but correct. */
const names = new Map<string, string>();
const maximumNames = 1000;
function nameOf(text: string): string | undefined {
  let name = names.get(text);
  if (name === undefined && names.size < maximumNames) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return name;
}

/** The setting of a handle that sees all tenants. */
const everyTenant = '*';

export interface DatabaseOptions {
  url: string;
  /** Connections in the pool. */
  poolSize: number;
  /** Role to take on every connection, when the login role would pass row-level security (see `migrations.ts`). */
  role?: string;
  log: { warn(fields: object, message: string): void };
}

/** Opens the pool. Connections are made when first needed; the schema must have been migrated. */
export function openDatabase(options: DatabaseOptions): Database {
  const settings = ['-c search_path=aldaba', ...(options.role ? [`-c role=${options.role}`] : [])];
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolSize,
    options: settings.join(' '),
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: 10_000,
  });
  // Without a listener an idle connection that breaks (database restarted) would end the process.
  pool.on('error', (error) => options.log.warn({ err: error }, 'An idle database connection was lost'));
  const statements = { count: 0 };
  const listener = createListener(options, settings);

  const send = async <Row>(client: TenantClient, text: string, values: readonly unknown[]) => {
    if (client.aldabaTenant !== everyTenant) statements.count += 1;
    const name = nameOf(text);
    try {
      return await client.query<Row & object>({ text, values: [...values], ...(name ? { name } : {}) });
    } catch (error) {
      throw translateDatabaseError(error);
    }
  };

  const withClient = async <T>(tenantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client: TenantClient = await pool.connect();
    let broken: Error | undefined;
    try {
      if (client.aldabaTenant !== tenantId) {
        delete client.aldabaTenant;
        // Not counted: whether a connection changes hands depends on chance, not on the work.
        await client.query({ name: 'tenant', text: "select set_config('app.tenant', $1, false)", values: [tenantId] });
        client.aldabaTenant = tenantId;
      }
      return await work(client);
    } catch (error) {
      if (isConnectionError(error)) broken = error;
      throw error;
    } finally {
      client.release(broken);
    }
  };

  const queriesOn = (
    tenantId: string,
    execute: <Row>(text: string, values: readonly unknown[]) => Promise<{ rows: Row[]; rowCount: number | null }>,
    scope: Pick<Queries, 'transaction' | 'afterCommit'>,
  ): Queries => ({
    tenantId,
    ...scope,
    async all<Row>(query: Compilable<Row>) {
      const { sql: text, parameters } = query.compile();
      return (await execute<Row>(text, parameters)).rows;
    },
    async first<Row>(query: Compilable<Row>) {
      const { sql: text, parameters } = query.compile();
      return (await execute<Row>(text, parameters)).rows[0];
    },
    async run(query) {
      const { sql: text, parameters } = query.compile();
      return (await execute(text, parameters)).rowCount ?? 0;
    },
    async raw<Row>(text: string, values: readonly unknown[] = []) {
      return (await execute<Row>(text, values)).rows;
    },
  });

  const begin = <T>(tenantId: string, work: (tx: Queries) => Promise<T>): Promise<T> =>
    withClient(tenantId, async (client) => {
      await send(client, 'begin', []);
      const committed: (() => void)[] = [];
      try {
        const tx: Queries = queriesOn(
          tenantId,
          async <Row>(text: string, values: readonly unknown[]) => {
            const result = await send<Row>(client, text, values);
            return { rows: result.rows as Row[], rowCount: result.rowCount };
          },
          { transaction: (inner) => inner(tx), afterCommit: (then) => committed.push(then) },
        );
        const value = await work(tx);
        await send(client, 'commit', []);
        for (const then of committed) then();
        return value;
      } catch (error) {
        if (!isConnectionError(error)) await send(client, 'rollback', []);
        throw error;
      }
    });

  const tenant = (tenantId: string): Queries =>
    queriesOn(
      tenantId,
      <Row>(text: string, values: readonly unknown[]) =>
        withClient(tenantId, async (client) => {
          const result = await send<Row>(client, text, values);
          return { rows: result.rows as Row[], rowCount: result.rowCount };
        }),
      { transaction: (work) => begin(tenantId, work), afterCommit: (then) => then() },
    );

  return {
    tenant,
    system: tenant(everyTenant),
    statements,
    listen: listener.listen,
    async close() {
      await listener.close();
      await pool.end();
    },
  };
}

/** One connection of its own that waits for notifications and comes back by itself when it is lost. */
function createListener(options: DatabaseOptions, settings: string[]) {
  const listeners = new Map<string, ((payload: string) => void)[]>();
  const pool = new Pool({ connectionString: options.url, max: 1, options: settings.join(' ') });
  pool.on('error', (error) => options.log.warn({ err: error }, 'The notification connection was lost'));
  let client: PoolClient | undefined;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  const connect = async () => {
    if (closed) return;
    try {
      const fresh = await pool.connect();
      fresh.on('notification', ({ channel, payload }) => {
        for (const listener of listeners.get(channel) ?? []) listener(payload ?? '');
      });
      let lost = false;
      fresh.on('error', (error) => {
        // A connection that breaks may say so twice, or once more after it was given up; it can be released once.
        if (lost || closed) return;
        lost = true;
        fresh.release(error);
        client = undefined;
        retry = setTimeout(connect, 1000);
      });
      for (const channel of listeners.keys()) await fresh.query(`listen "${channel}"`);
      client = fresh;
    } catch (error) {
      options.log.warn({ err: error }, 'Listening for cache changes failed; trying again');
      retry = setTimeout(connect, 1000);
    }
  };

  return {
    async listen(channel: string, listener: (payload: string) => void) {
      const known = listeners.get(channel);
      if (known) known.push(listener);
      else listeners.set(channel, [listener]);
      if (!client) await connect();
      else if (!known) await client.query(`listen "${channel}"`);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      client?.release(true);
      await pool.end();
    },
  };
}

const isConnectionError = (error: unknown): error is Error =>
  error instanceof Error &&
  (/Connection terminated|Client has encountered a connection error|ECONNRESET|EPIPE/.test(error.message) ||
    ['57P01', '57P02', '57P03', '08006', '08003'].includes((error as { code?: string }).code ?? ''));
