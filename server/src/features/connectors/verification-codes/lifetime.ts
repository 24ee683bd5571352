/** Seconds. */
export const defaultCodeLifetime = 600;
