import { Table } from '@mantine/core';
import { useFormat } from '../../language/format.ts';
import classes from './activity.module.css';
import type { DayCount } from './day-count.ts';
import { dashboardPhrases } from './phrases.ts';

interface ActivityTableProps {
  title: string;
  curve: readonly DayCount[];
  /** Pixels. */
  height: number;
}

/** What the chart shows, newest first. */
export function ActivityTable({ title, curve, height }: ActivityTableProps) {
  const t = dashboardPhrases.use();
  const format = useFormat();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
    <section className={classes.scroll} aria-label={title} style={{ height }} tabIndex={0}>
      <Table stickyHeader tabularNums fz={13} verticalSpacing={4} horizontalSpacing={0} borderColor="var(--line)">
        <Table.Thead className={classes.head}>
          <Table.Tr>
            <Table.Th scope="col">{t('activity.day')}</Table.Th>
            <Table.Th scope="col" ta="end">
              {t('activity.users')}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {curve.toReversed().map(({ date, count }) => (
            <Table.Tr key={date}>
              <Table.Th scope="row" fw={400}>
                <time dateTime={date}>{format.day(date)}</time>
              </Table.Th>
              <Table.Td ta="end">{format.number(count)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
