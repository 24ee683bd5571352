/** The cookie of the browser's session: one opaque value. */
export const sessionCookie = '_session';
