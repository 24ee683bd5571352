import { ApiError } from '@aldaba/contract/client';
import { Button, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { consoleUrl } from '../settings.ts';
import { MessagePage } from './message-page.tsx';
import { shellPhrases } from './phrases.ts';

export function NotFoundPage() {
  const t = shellPhrases.use();
  return (
    <MessagePage title={t('notFound.title')} detail={t('notFound.detail')}>
      <Button component="a" href={consoleUrl} variant="default">
        {t('notFound.back')}
      </Button>
    </MessagePage>
  );
}

export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  const t = shellPhrases.use();
  const router = useRouter();
  const retry = () => {
    // Browsers do not ask again for a script that failed until the whole page is loaded again.
    if (isScriptFailure(error)) return location.reload();
    reset();
    void router.invalidate();
  };
  return (
    <MessagePage title={t('failure.title')} detail={error instanceof ApiError ? error.message : t('failure.detail')}>
      <Button onClick={retry} variant="default">
        {t('failure.retry')}
      </Button>
      {error instanceof ApiError && error.requestId && (
        <Text fz="xs" c="dimmed">
          {t('failure.requestId', { id: error.requestId })}
        </Text>
      )}
    </MessagePage>
  );
}

const isScriptFailure = (error: unknown) => error instanceof TypeError && /module/.test(error.message);
