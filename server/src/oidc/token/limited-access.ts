import type { Client } from '../../features/applications/applications/index.ts';
import { ProtocolError } from '../protocol-error.ts';

/** For a user whom no rule of an application with limited access admits. */
export const accessDenied = (): ProtocolError =>
  new ProtocolError('access_denied', 'the user may not use this application');

/** The application, if its access is limited: statements that read the user's token also check the rules. */
export const limitOf = ({ id, isAccessLimited }: Client): string | undefined => (isAccessLimited ? id : undefined);
