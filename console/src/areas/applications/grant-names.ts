import type { ApplicationGrant } from '@aldaba/contract/routes';

/** What the user of a grant is called: the first of name, username, email address and ID that is known. */
export const nameOfGrant = ({ user }: Pick<ApplicationGrant, 'user'>): string =>
  user.name || user.username || user.primaryEmail || user.id;
