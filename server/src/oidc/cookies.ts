/** The browser's signed-in state: one opaque value. */
export const sessionCookie = '_session';
