import type { User } from '@aldaba/contract';
import { LogList } from '../audit-logs/log-list.tsx';
import { userPhrases } from './phrases.ts';

/** The entries of the audit log that name the user. */
export function UserLogs({ user: { id } }: { user: User }) {
  const t = userPhrases.use();
  return <LogList filter={{ userId: id }} description={t('logs.detail')} />;
}
