/** The browser's signed-in state: one opaque value. */
export const sessionCookie = '_session';
/** The authorizations that wait for the person: a JSON map from client id to interaction. */
export const interactionCookie = '_interaction';
