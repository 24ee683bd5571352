import { ApiError } from '@aldaba/contract/client';
import { Button, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { UnreachableError } from '../api/client.ts';
import { patternPhrases } from '../patterns/phrases.ts';
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
  const patterns = patternPhrases.use();
  const router = useRouter();
  const retry = () => {
    // Browsers do not ask again for a script that failed until the whole page is loaded again.
    if (isScriptFailure(error)) return location.reload();
    reset();
    void router.invalidate();
  };
  const detail =
    error instanceof ApiError || error instanceof UnreachableError
      ? error.message
      : isScriptFailure(error)
        ? patterns('unreachable')
        : t('failure.detail');
  return (
    <MessagePage title={t('failure.title')} detail={detail}>
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

/** A script of a page, or Vite's style sheet for it, was not loaded. */
const isScriptFailure = (error: unknown) =>
  (error instanceof TypeError && /module/.test(error.message)) ||
  (error instanceof Error && error.message.startsWith('Unable to preload'));
