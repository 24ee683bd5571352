import type { User } from '@aldaba/contract';
import { Avatar } from '@mantine/core';

type Named = Pick<User, 'id' | 'name' | 'username' | 'primaryEmail' | 'primaryPhone'>;

/** What a user is called: the first of name, username, email address, phone number and ID that is known. */
export const nameOfUser = ({ id, name, username, primaryEmail, primaryPhone }: Named): string =>
  name || username || primaryEmail || (primaryPhone && `+${primaryPhone}`) || id;

/** What a user signs in with, besides what the user is called. */
export const contactOfUser = (user: Named): string | undefined =>
  [user.primaryEmail, user.primaryPhone && `+${user.primaryPhone}`, user.username].find(
    (identifier) => identifier && identifier !== nameOfUser(user),
  ) ?? undefined;

/** The picture of a user; the initials if there is none or it does not load. */
export function UserAvatar({ user, size }: { user: Named & Pick<User, 'avatar'>; size: number }) {
  return (
    <Avatar
      src={user.avatar}
      name={nameOfUser(user)}
      size={size}
      radius="xl"
      color="gray"
      imageProps={{ alt: '', referrerPolicy: 'no-referrer' }}
      aria-hidden
    />
  );
}
