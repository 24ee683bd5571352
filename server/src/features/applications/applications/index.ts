/**
 * Applications: programs that sign users in through Aldaba or call APIs as themselves; the protocol calls them clients.
 *
 * Owns the tables applications and application_secrets, the rules for registered addresses (`redirect-uris.ts`) and for
 * wildcards in them (`wildcards.ts`), and the built-in clients (`built-in.ts`). Does not own client authentication, the
 * check of redirect URIs in requests (oidc), or roles. The protocol enters through `findClient`, which is cached; the
 * Management API through `routes.ts`.
 */
export type { ApplicationType, Client, ClientSecret, CustomClientMetadata } from './client.ts';
export { type ApplicationDraft, type Applications, createApplications } from './service.ts';
