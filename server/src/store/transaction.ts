import type { Queries, Transaction } from './database.ts';

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
