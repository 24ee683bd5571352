import { Tooltip } from '@mantine/core';
import { useFormat } from '../language/format.ts';

/** How long ago, with the exact time on hover. @param time milliseconds since the epoch */
export function RelativeTime({ time }: { time: number }) {
  const format = useFormat();
  return (
    <Tooltip label={format.exact(time)}>
      <time dateTime={new Date(time).toISOString()}>{format.relative(time)}</time>
    </Tooltip>
  );
}
