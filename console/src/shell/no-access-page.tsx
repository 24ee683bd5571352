import { Button } from '@mantine/core';
import { type Administrator, signOut } from '../session/session.ts';
import { MessagePage } from './message-page.tsx';
import { shellPhrases } from './phrases.ts';

/** For users of the admin tenant without a role for the tenant in the address. */
export function NoAccessPage({ administrator, tenant }: { administrator: Administrator; tenant: string }) {
  const t = shellPhrases.use();
  return (
    <main>
      <MessagePage title={t('noAccess.title')} detail={t('noAccess.detail', { name: administrator.name, tenant })}>
        <Button onClick={() => void signOut()}>{t('noAccess.other')}</Button>
      </MessagePage>
    </main>
  );
}
