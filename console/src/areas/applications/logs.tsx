import type { Application } from '@aldaba/contract';
import { LogList } from '../audit-logs/log-list.tsx';
import { applicationPhrases } from './phrases.ts';

/** The entries of the audit log that name the application. */
export function ApplicationLogs({ application: { id } }: { application: Application }) {
  const t = applicationPhrases.use();
  return <LogList filter={{ applicationId: id }} description={t('logs.detail')} />;
}
