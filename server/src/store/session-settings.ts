/**
 * Settings of every connection, as PostgreSQL's `options`. They fix the format of dates and intervals, which operators
 * can change for a database or a role.
 */
export const sessionSettings: readonly string[] = [
  '-c search_path=aldaba',
  '-c DateStyle=ISO',
  '-c IntervalStyle=postgres',
];
