import type { ReactNode } from 'react';
import { useIsReadOnly } from '../session/administrator.ts';

/** What changes something: colleagues who only read do not see it. */
export function Changing({ children }: { children: ReactNode }) {
  return useIsReadOnly() ? null : children;
}
