import type { User } from '@aldaba/contract';
import { Avatar } from '@mantine/core';

type Pictured = Pick<User, 'name' | 'username' | 'primaryEmail' | 'avatar'>;

/** The picture of a user; the initials if there is none or it does not load, and a figure for who has no name. */
export function UserAvatar({ user, size }: { user: Pictured; size: number }) {
  return (
    <Avatar
      src={user.avatar}
      name={user.name || user.username || user.primaryEmail || ''}
      size={size}
      radius="xl"
      color="gray"
      imageProps={{ alt: '', referrerPolicy: 'no-referrer' }}
      aria-hidden
    />
  );
}
