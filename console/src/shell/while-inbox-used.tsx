import type { ReactNode } from 'react';
import { useIsInboxUsed } from '../api/inbox.ts';

/** Shows its children on tenants whose messages go to the inbox. */
export default function WhileInboxUsed({ tenant, children }: { tenant: string; children: ReactNode }) {
  return useIsInboxUsed(tenant) ? children : null;
}
