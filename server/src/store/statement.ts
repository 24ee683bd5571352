import { type Connection, Query, type QueryResult } from 'pg';

/** What node-postgres's query object has and its types leave out. */
declare class DriverQuery {
  constructor(text: string, values: unknown[]);
  name: string | undefined;
  /** `extended`: with the messages of `prepare`, also without a name and values. */
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
  /** Under which the connection prepares it. */
  name?: string | undefined;
  /** Whether a transaction begins with it; `begin` must have run on the connection before. */
  begins?: boolean;
}

/** Begins a transaction, and prepares that for the next ones on its connection. */
export const begin = { text: 'begin', name: 'begin', values: [] };

/** One statement, sent once. */
export class Statement extends BaseQuery {
  readonly #begins: boolean;
  /** @param done is called once, with the result or the reason why it is missing */
  constructor(
    { text, values, name, begins = false }: StatementText,
    done: (error: Error | null | undefined, result: QueryResult) => void,
  ) {
    // Given as text: the driver copies a configuration object property by property.
    super(text, values);
    this.name = name;
    this.#begins = begins;
    if (begins) this.queryMode = 'extended';
    this.callback = (error, result) => done(error, Array.isArray(result) ? (result.at(-1) as QueryResult) : result);
  }
  /**
   * Puts `BEGIN` before the statement in one message: that saves the transaction a round trip. The server skips
   * everything up to `Sync` after an error (PostgreSQL's manual, section 54.2.3), so the statement never runs outside
   * of the transaction.
   */
  override prepare(connection: Wire): void {
    if (this.#begins) {
      connection.bind({ statement: begin.name, values: [] });
      connection.execute({});
    }
    super.prepare(connection);
  }
}
