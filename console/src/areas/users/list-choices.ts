/** Days since a user was created or signed in, to choose from. */
export const daysWithin = [1, 7, 30, 365] as const;
export type DaysWithin = (typeof daysWithin)[number];

/** Other orders of the list than that of the newest first, as the API names them. */
export const userOrders = ['createdAt', '-lastSignInAt', 'lastSignInAt'] as const;
export type UserOrder = (typeof userOrders)[number];
