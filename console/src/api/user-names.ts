type Name = string | null | undefined;
interface Named {
  id: string;
  name?: Name;
  username?: Name;
  primaryEmail?: Name;
  primaryPhone?: Name;
}

const phoneOf = ({ primaryPhone }: Named): string | null => (primaryPhone ? `+${primaryPhone}` : null);

/** What a user is called: the first of name, username, email address, phone number and ID that is known. */
export const nameOfUser = (user: Named): string =>
  user.name || user.username || user.primaryEmail || phoneOf(user) || user.id;

/** What a user signs in with, besides what the user is called. */
export const contactOfUser = (user: Named): string | undefined =>
  [user.primaryEmail, phoneOf(user), user.username].find(
    (identifier) => identifier && identifier !== nameOfUser(user),
  ) ?? undefined;
