import type { Queries, Transaction } from './database.ts';

/**
 * A function that is atomic: it opens a transaction, or joins the one that its caller runs.
 *
 * @param work gets the transaction in the place of the handle; without `atomic` around it, calls of functions that take
 *   a `Transaction` do not compile
 */
export const atomic =
  <Given extends unknown[], Result>(work: (tx: Transaction, ...given: Given) => Promise<Result>) =>
  (q: Queries, ...given: Given): Promise<Result> =>
    q.transaction((tx) => work(tx, ...given));
