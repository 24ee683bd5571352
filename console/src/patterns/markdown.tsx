import { Skeleton, Stack } from '@mantine/core';
import { lazy, Suspense } from 'react';

const View = lazy(() => import('./markdown-view.tsx'));

interface MarkdownProps {
  text: string;
  /** Level of the first headings below those of the page. */
  level?: 2 | 3;
}

/** Markdown of others, such as the guide of a connector. The parser loads when it is first used. */
export function Markdown({ text, level = 3 }: MarkdownProps) {
  const waiting = (
    <Stack gap={12} aria-busy>
      <Skeleton height={12} width="70%" />
      <Skeleton height={12} />
      <Skeleton height={12} width="85%" />
    </Stack>
  );
  return (
    <Suspense fallback={waiting}>
      <View text={text} level={level} />
    </Suspense>
  );
}
