import type { Queries, Transaction } from './database.ts';

/**
 * Functions of a service that open a transaction by themselves, for a caller whose own transaction they must belong to:
 * a call with a mere handle does not compile.
 */
export type InTransaction<Service> = {
  [Name in keyof Service]: Service[Name] extends (q: Queries, ...given: infer Given) => infer Result
    ? (tx: Transaction, ...given: Given) => Result
    : never;
};

/**
 * Makes a function atomic: it opens a transaction, or joins its caller's.
 *
 * @param work gets the transaction in place of the handle; without `atomic`, it could not call functions that take a
 *   `Transaction`
 */
export const atomic =
  <Given extends unknown[], Result>(work: (tx: Transaction, ...given: Given) => Promise<Result>) =>
  (q: Queries, ...given: Given): Promise<Result> =>
    q.transaction((tx) => work(tx, ...given));
