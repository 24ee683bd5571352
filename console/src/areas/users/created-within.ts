/** Days since a user was created, to choose from. */
export const createdWithin = [1, 7, 30, 365] as const;
export type CreatedWithin = (typeof createdWithin)[number];
