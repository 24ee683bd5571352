import type { TeamMember } from '@aldaba/contract/routes';
import { nameOfUser } from '../../api/user-names.ts';

export const nameOfMember = ({ email, ...member }: TeamMember): string =>
  nameOfUser({ ...member, primaryEmail: email });
