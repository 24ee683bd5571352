/**
 * Settings that every connection of the product starts with, in the form of PostgreSQL's `options`. Dates and intervals
 * are read and written in one form, whatever an operator set for the database or the role.
 */
export const sessionSettings: readonly string[] = [
  '-c search_path=aldaba',
  '-c DateStyle=ISO',
  '-c IntervalStyle=postgres',
];
