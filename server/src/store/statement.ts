import { type Connection, Query, type QueryResult } from 'pg';

/** Members of node-postgres's query object that its types omit. */
declare class DriverQuery {
  constructor(text: string, values: unknown[]);
  name: string | undefined;
  /** `extended` sends the messages of `prepare`, also without a name and values. */
  queryMode: 'extended' | undefined;
  callback: (error: Error | null | undefined, result: QueryResult | QueryResult[]) => void;
  submit(connection: Connection): void;
  /** Writes the messages of the extended query protocol, up to `Sync`. */
  prepare(connection: Wire): void;
}

interface Wire {
  bind: (config: { statement: string; values: unknown[] }) => void;
  execute: (config: object) => void;
}

const BaseQuery = Query as unknown as typeof DriverQuery;

export interface StatementText {
  text: string;
  values: unknown[];
  /** Name under which the connection prepares the statement. */
  name?: string | undefined;
  /** Whether it begins a transaction; `begin` must have run on the connection before. */
  begins?: boolean;
}

/** Begins a transaction, and prepares `begin` for later ones on the connection. */
export const begin = { text: 'begin', name: 'begin', values: [] };

/** One execution of a statement. */
export class Statement extends BaseQuery {
  readonly #begins: boolean;
  /** @param done is called once, with the result or the reason why it is missing */
  constructor(
    { text, values, name, begins = false }: StatementText,
    done: (error: Error | null | undefined, result: QueryResult) => void,
  ) {
    // Passed as text, because the driver copies a configuration object property by property.
    super(text, values);
    this.name = name;
    this.#begins = begins;
    if (begins) this.queryMode = 'extended';
    this.callback = (error, result) => done(error, Array.isArray(result) ? (result.at(-1) as QueryResult) : result);
  }
  /**
   * Sends `BEGIN` and the statement together, which saves the transaction a round trip. After an error the server skips
   * everything up to `Sync` (PostgreSQL's manual, section 54.2.3), so the statement never runs outside of the
   * transaction.
   */
  override prepare(connection: Wire): void {
    if (this.#begins) {
      connection.bind({ statement: begin.name, values: [] });
      connection.execute({});
    }
    super.prepare(connection);
  }
}
