import { Skeleton, Stack } from '@mantine/core';

export function PendingPage() {
  return (
    <Stack p="lg" gap="md" aria-busy="true">
      <Skeleton height={28} width={220} />
      <Skeleton height={320} />
    </Stack>
  );
}
