import type { TeamMember } from '@aldaba/contract/routes';

export const nameOfMember = ({ name, username, email, id }: TeamMember): string => name ?? username ?? email ?? id;
