import type { Client } from '../../features/applications/applications/index.ts';
import { ProtocolError } from '../protocol-error.ts';

/** For a person whom no rule of an application with limited access lets in. */
export const accessDenied = (): ProtocolError =>
  new ProtocolError('access_denied', 'the user may not use this application');

/** The application, when its access is limited: what statements ask about that read the person's token anyway. */
export const limitOf = ({ id, isAccessLimited }: Client): string | undefined => (isAccessLimited ? id : undefined);
