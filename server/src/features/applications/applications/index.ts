/**
 * Applications: what signs people in through Aldaba, or calls APIs as itself; to the protocol they are clients.
 *
 * Owns the tables applications and application_secrets, which addresses may be registered (`redirect-uris.ts`), what
 * a `*` in one stands for (`wildcards.ts`), and the clients without a row (`built-in.ts`). Does not own how a client
 * authenticates or where a code may be sent at run time (oidc), nor roles. The protocol enters through `findClient`, which is cached; the Management API through `routes.ts`.
 */
export type { ApplicationType, Client, ClientSecret, CustomClientMetadata } from './client.ts';
export { type ApplicationDraft, type Applications, createApplications } from './service.ts';
