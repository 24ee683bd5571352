import { useRouteContext } from '@tanstack/react-router';
import type { Administrator } from './session.ts';

/** Who is signed in. */
export const useAdministrator = (): Administrator => useRouteContext({ from: '/t/$tenant' }).administrator;

/** Whether the administrator may look at the tenant in the address and change nothing. */
export const useIsReadOnly = (): boolean => useAdministrator().isReadOnly;
