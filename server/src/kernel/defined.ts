/** `Members` without `undefined`: a member that may have it is optional instead. */
type Defined<Members extends object> = {
  [Name in keyof Members as undefined extends Members[Name] ? never : Name]: Members[Name];
} & { [Name in keyof Members as undefined extends Members[Name] ? Name : never]?: Exclude<Members[Name], undefined> };

/**
 * The members that have a value, in their order. For receivers that tell an absent member from one that is undefined:
 * the columns of an update, overrides that are spread over defaults.
 */
export const defined = <Members extends object>(members: Members): Defined<Members> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<Members>;

/** JSON text for a column; undefined stays undefined, which the declared type of `JSON.stringify` leaves out. */
export const jsonOf = (value: unknown): string | undefined => JSON.stringify(value);
