import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useFormat } from '../language/format.ts';
import classes from './list-pager.module.css';
import { pageSize, useListSearch } from './list-search.ts';
import { patternPhrases } from './phrases.ts';

/** "1–20 of 1,204,331", and the buttons to other pages. */
export function ListPager({ total, isCapped }: { total: number; isCapped: boolean }) {
  const t = patternPhrases.use();
  const format = useFormat();
  const { page, setPage } = useListSearch();
  const last = Math.max(1, Math.ceil(total / pageSize));
  const values = {
    from: format.number(Math.min(total, (page - 1) * pageSize + 1)),
    to: format.number(Math.min(total, page * pageSize)),
    total: format.number(total),
  };
  return (
    <div className={classes.pager}>
      <span role="status">{isCapped ? t('list.rangeCapped', values) : t('list.range', values)}</span>
      {last > 1 && (
        <div className={classes.buttons}>
          <ActionIcon
            variant="default"
            size={32}
            aria-label={t('list.previous')}
            disabled={page <= 1}
            onClick={() => setPage(page - 1)}
          >
            <IconChevronLeft size={16} stroke={1.5} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size={32}
            aria-label={t('list.next')}
            disabled={page >= last && !isCapped}
            onClick={() => setPage(page + 1)}
          >
            <IconChevronRight size={16} stroke={1.5} />
          </ActionIcon>
        </div>
      )}
    </div>
  );
}
