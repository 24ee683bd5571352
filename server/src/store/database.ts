/**
 * The only access to the database: a pool shared by all tenants, and handles for one tenant each.
 *
 * A handle (`Database.tenant(id)`) sets `app.tenant` on the connection before its statements, so that row-level
 * security hides every other tenant's rows even if a query lacks its predicate. The setting stays on the connection and
 * is sent again only if the connection last served another tenant: one tenant costs no extra round trip.
 *
 * Queries are built with `sql` of `sql.ts` (Kysely, typed, compiled only) and run by the handle; statements are
 * prepared by name once per connection, so connect directly or through a pooler in session mode.
 */
import { types } from 'pg';
import { createListener, type Listener } from './listener.ts';
import { type Connection, openPool, repeatingConflicts } from './pool.ts';
import { sessionSettings } from './session-settings.ts';
import { begin, type StatementText } from './statement.ts';

// int8 (counts) as a number: no count here comes near 2^53.
types.setTypeParser(types.builtins.INT8, Number);

/** A Kysely builder, or anything else that compiles to SQL with a known row type. */
export interface Compilable<Row> {
  compile: () => {
    readonly sql: string;
    readonly parameters: readonly unknown[];
    readonly query: unknown;
  } & RowOf<Row>;
}
// Kysely carries the row type in `CompiledQuery<O>` without a visible member; this keeps it inferable.
type RowOf<Row> = import('kysely').CompiledQuery<Row>;

/** Runs statements for one tenant. */
export interface Queries {
  readonly tenantId: string;
  /** All rows. Throws `AldabaError` for constraint violations (see `store/errors.ts`). */
  all: <Row>(query: Compilable<Row>) => Promise<Row[]>;
  /** The first row, or undefined. */
  first: <Row>(query: Compilable<Row>) => Promise<Row | undefined>;
  /** The number of rows that an insert, update or delete affected. */
  run: (query: Compilable<unknown>) => Promise<number>;
  /** Hand-written SQL for the few hot statements; `$1…` parameters. */
  raw: <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
  /**
   * Runs `work` in one transaction on one connection: it commits, or rolls back if `work` throws. Inside a
   * transaction it joins the running one. A deadlock or serialization failure runs `work` again from its start, so
   * effects outside the database (memory, messages) must be in `afterCommit` or be repeatable.
   */
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** Calls `work` after the commit; immediately outside a transaction, never after a rollback. */
  afterCommit: (work: () => void) => void;
}

declare const inTransaction: unique symbol;

/**
 * A handle inside of a transaction. Only `transaction()` creates one, so a function that takes it cannot be called
 * outside of a transaction: what it writes is committed with the rest, or not at all.
 */
export interface Transaction extends Queries {
  readonly [inTransaction]: true;
}

export interface Database {
  /** A handle for one tenant; cheap to create. */
  tenant: (tenantId: string) => Queries;
  /** A handle that sees all tenants: only for sweeping expired rows, the tenant lifecycle and migrations. */
  readonly system: Queries;
  /** Notifications of this process and the other nodes. */
  listen: Listener['listen'];
  /** Whether notifications arrive; see `Listener`. */
  hears: Listener['hears'];
  /**
   * Number of statements sent for tenants since the start, without background work: for the bench and tests that limit
   * it.
   */
  readonly statements: { count: number };
  close: () => Promise<void>;
}

/** Prepared-statement names by text. Bounded: further statements run unnamed, which is slower but correct. */
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

/** Unnamed: without parameters, each is one message, which is cheaper than preparing. */
const commit = { text: 'commit', values: [] };
const rollback = { text: 'rollback', values: [] };

/** The setting of a handle that sees all tenants. */
const everyTenant = '*';

export interface DatabaseOptions {
  url: string;
  /** Connections in the pool. */
  poolSize: number;
  /** Role to assume on every connection if the login role would bypass row-level security (see `migrations.ts`). */
  role?: string;
  /** Time limit of a statement in milliseconds; 0 for none. Background work gets `longLimit`. */
  statementLimit?: number;
  log: { warn: (fields: object, message: string) => void };
}

/** Milliseconds for statements of handles that see all tenants: sweeps and other background work. */
const longLimit = 600_000;
const defaultLimit = 15_000;
/** Milliseconds that a statement waits for a lock, and that a transaction may be idle between two statements. */
const lockLimit = 10_000;
const idleLimit = 60_000;
/** Milliseconds for the server to apply its own limit before the connection is closed. */
const answerGrace = 5000;

/** Opens the pool. Connections are created on demand; the schema must have been migrated. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, poolSize, log, role, statementLimit = defaultLimit } = options;
  const base = [...sessionSettings, ...(role ? [`-c role=${role}`] : [])];
  const limits = [`-c lock_timeout=${lockLimit}`, `-c idle_in_transaction_session_timeout=${idleLimit}`];
  const pool = openPool({ url, poolSize, log, settings: [...base, ...limits].join(' ') });
  const listener = createListener({ url, log, settings: base.join(' ') });
  const statements = { count: 0 };
  const limitOf = (tenantId: string) => (tenantId === everyTenant ? longLimit : statementLimit);

  const send = <Row>(client: Connection, statement: StatementText) => {
    const tenantId = client.aldabaTenant ?? everyTenant;
    if (tenantId !== everyTenant) statements.count += statement.begins ? 2 : 1;
    const limit = limitOf(tenantId);
    return pool.send<Row>(client, statement, limit > 0 ? limit + answerGrace : 0);
  };
  const sendNamed = <Row>(client: Connection, text: string, given: { values: readonly unknown[]; begins?: boolean }) =>
    send<Row>(client, { text, values: [...given.values], name: nameOf(text), begins: given.begins === true });

  const withClient = <T>(tenantId: string, work: (client: Connection) => Promise<T>): Promise<T> =>
    pool.lend(async (client) => {
      if (client.aldabaTenant !== tenantId) {
        delete client.aldabaTenant;
        // Not counted: whether a connection changes tenants depends on chance, not on the work.
        const text = "select set_config('app.tenant', $1, false), set_config('statement_timeout', $2, false)";
        const values = [tenantId, String(limitOf(tenantId))];
        await pool.send(client, { name: 'tenant', text, values }, longLimit);
        client.aldabaTenant = tenantId;
      }
      return await work(client);
    });

  const transact = <T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    withClient(tenantId, async (client) => {
      const committed: (() => void)[] = [];
      // The first statement is sent together with `begin`; alone it is sent once per connection.
      let hasBegun = !client.aldabaHasBegun;
      if (hasBegun) {
        await send(client, begin);
        client.aldabaHasBegun = true;
      }
      try {
        // The only place where a handle becomes a transaction.
        const tx = queriesOn(
          tenantId,
          async <Row>(text: string, values: readonly unknown[]) => {
            const begins = !hasBegun;
            hasBegun = true;
            const result = await sendNamed<Row>(client, text, { values, begins });
            return { rows: result.rows as Row[], rowCount: result.rowCount };
          },
          { transaction: (inner) => inner(tx), afterCommit: (then) => committed.push(then) },
        ) as Transaction;
        const value = await work(tx);
        // After a failed statement, PostgreSQL answers COMMIT by rolling back, without an error: `work` has caught that
        // failure.
        const { command } = hasBegun ? await send(client, commit) : { command: 'COMMIT' };
        if (command !== 'COMMIT')
          throw new Error('The transaction was rolled back, as one of its statements had failed.');
        for (const then of committed) then();
        return value;
      } catch (error) {
        if (hasBegun && !client.aldabaLost)
          await send(client, rollback).catch((failure: Error) => {
            // A connection inside a transaction must not be lent to another request.
            client.aldabaLost ??= failure;
          });
        throw error;
      }
    });

  const tenant = (tenantId: string): Queries =>
    queriesOn(
      tenantId,
      <Row>(text: string, values: readonly unknown[]) =>
        repeatingConflicts(() =>
          withClient(tenantId, async (client) => {
            const result = await sendNamed<Row>(client, text, { values });
            return { rows: result.rows as Row[], rowCount: result.rowCount };
          }),
        ),
      { transaction: (work) => repeatingConflicts(() => transact(tenantId, work)), afterCommit: (then) => then() },
    );

  return {
    tenant,
    system: tenant(everyTenant),
    statements,
    listen: listener.listen,
    hears: listener.hears,
    async close() {
      await listener.close();
      await pool.end();
    },
  };
}

/** A handle for the pool, or for one connection in a transaction. */
function queriesOn(
  tenantId: string,
  execute: <Row>(text: string, values: readonly unknown[]) => Promise<{ rows: Row[]; rowCount: number | null }>,
  scope: Pick<Queries, 'transaction' | 'afterCommit'>,
): Queries {
  return {
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
  };
}
