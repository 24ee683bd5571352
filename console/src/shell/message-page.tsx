import { Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface MessagePageProps {
  title: string;
  detail: string;
  /** What to do next. */
  children: ReactNode;
}

/** A page that says one thing and what to do next. */
export function MessagePage({ title, detail, children }: MessagePageProps) {
  useDocumentTitle(`${title} · Aldaba`);
  return (
    <Stack align="center" justify="center" gap="md" mih="60vh" p="lg" ta="center" role="alert">
      <Title order={1}>{title}</Title>
      <Text c="dimmed" maw={440}>
        {detail}
      </Text>
      {children}
    </Stack>
  );
}
