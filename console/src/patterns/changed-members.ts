export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The members that differ from the saved ones: what a change of settings sends. */
export const changedMembers = <Body extends object>(body: Body, saved: Body): Partial<Body> =>
  Object.fromEntries(
    Object.entries(body).filter(([name, value]) => !isSame(value, saved[name as keyof Body])),
  ) as Partial<Body>;
