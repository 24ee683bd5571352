import { ActionIcon, Button, CloseButton, Menu, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconAlertTriangle, IconDots, IconSearch, IconSearchOff, type TablerIcon } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useIsReadOnly } from '../session/administrator.ts';
import { Changing } from './changing.tsx';
import { EmptyState } from './empty-state.tsx';
import classes from './list-page.module.css';
import { ListPager } from './list-pager.tsx';
import { useListSearch } from './list-search.ts';
import { type ListColumn, ListTable } from './list-table.tsx';
import { Page } from './page.tsx';
import { patternPhrases } from './phrases.ts';

/** What `useList` returns, as far as a list page needs it. */
interface ListResult<Item> {
  data: { items: Item[]; total: number; isCapped: boolean } | undefined;
  error: unknown;
  isPlaceholderData: boolean;
  refetch: () => unknown;
  /** All of it is shown: there are no pages. */
  isWhole?: boolean;
}

/** A list that is short enough to come whole, for `ListSection`. */
export const wholeList = <Item,>(
  { error, refetch }: Pick<ListResult<Item>, 'error' | 'refetch'>,
  items: Item[] | undefined,
): ListResult<Item> => ({
  data: items && { items, total: items.length, isCapped: false },
  error,
  refetch,
  isPlaceholderData: false,
  isWhole: true,
});

interface ListPageProps<Item> {
  title: string;
  description?: ReactNode;
  action?: ReactNode;
  /** What changes nothing, such as loading it again. */
  tool?: ReactNode;
  list: ListResult<Item>;
  columns: readonly ListColumn<Item>[];
  idOf: (item: Item) => string;
  /** Address of the item's page below `/t/<tenant>/`. */
  linkOf?: (item: Item) => string;
  /** Items of the row's menu (`Menu.Item`). */
  menuOf?: (item: Item) => ReactNode;
  /** Name of an item, for the label of its menu. */
  nameOf: (item: Item) => string;
  /** Label of the search; without it the list has none. */
  searchLabel?: string;
  /** Filters in the row of the search. */
  filters?: ReactNode;
  isFiltered?: boolean;
  empty: { icon: TablerIcon; title: string; detail: string; action?: ReactNode; docs?: string };
}

/** A page that is a list: search, table, pager; skeletons, nothing yet, no result and failure included. */
export function ListPage<Item>(props: ListPageProps<Item>) {
  const { title, description, action, tool, list, searchLabel, filters, isFiltered = false, empty } = props;
  const { q } = useListSearch();
  const isEmpty = list.data?.total === 0 && !q && !isFiltered;
  return (
    // An empty list has its action in its middle.
    <Page title={title} description={description} tool={tool} action={isEmpty && empty.action ? undefined : action}>
      {!isEmpty && (searchLabel || filters) && (
        <div className={classes.tools}>
          {searchLabel && <SearchField label={searchLabel} />}
          {filters}
        </div>
      )}
      <div className={classes.card}>
        <Content {...props} isEmpty={isEmpty} />
      </div>
    </Page>
  );
}

/** The same as a section of a page, such as a tab. */
export function ListSection<Item>(props: ListPageProps<Item>) {
  const { title, description, action, list } = props;
  const isEmpty = list.data?.total === 0;
  return (
    <section>
      <header className={classes.header}>
        <div>
          <h2 className={classes.heading}>{title}</h2>
          {description && <p className={classes.description}>{description}</p>}
        </div>
        {!isEmpty && <Changing>{action}</Changing>}
      </header>
      <div className={classes.card}>
        <Content {...props} isEmpty={isEmpty} />
      </div>
    </section>
  );
}

function Content<Item>(props: ListPageProps<Item> & { isEmpty: boolean }) {
  const t = patternPhrases.use();
  const { list, columns, idOf, linkOf, menuOf, nameOf, empty, isEmpty, title } = props;
  const isReadOnly = useIsReadOnly();
  const { data, error } = list;
  if (!data && error) return <Failure error={error} retry={list.refetch} />;
  if (isEmpty)
    return (
      <EmptyState icon={empty.icon} title={empty.title} detail={empty.detail} action={empty.action}>
        {empty.docs && (
          <Button component="a" variant="subtle" color="gray" href={empty.docs} target="_blank" rel="noreferrer">
            {t('list.docs')}
          </Button>
        )}
      </EmptyState>
    );
  if (data?.total === 0) return <NoResult />;
  const menu = menuOf && !isReadOnly && ((item: Item) => <RowMenu name={nameOf(item)}>{menuOf(item)}</RowMenu>);
  return (
    <>
      <ListTable
        caption={title}
        items={data?.items}
        columns={columns}
        idOf={idOf}
        linkOf={linkOf}
        menuOf={menu || undefined}
        isStale={list.isPlaceholderData}
      />
      {data && !list.isWhole && <ListPager total={data.total} isCapped={data.isCapped} />}
    </>
  );
}

/** The button at the end of a row for what can be done with it; `children` are `Menu.Item`. */
export function RowMenu({ name, children }: { name: string; children: ReactNode }) {
  const t = patternPhrases.use();
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('list.menu', { name })}>
          <IconDots size={18} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}

function SearchField({ label }: { label: string }) {
  const t = patternPhrases.use();
  const { q, setQuery } = useListSearch();
  const [text, setText] = useState(q);
  const search = useDebouncedCallback(setQuery, 250);
  // Back, forward and links change the address without the field.
  useEffect(() => setText(q), [q]);
  const change = (value: string) => {
    setText(value);
    search(value.trim());
  };
  return (
    <TextInput
      className={classes.search ?? ''}
      type="search"
      role="searchbox"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={16} stroke={1.5} />}
      rightSection={text && <CloseButton size="sm" aria-label={t('list.clear')} onClick={() => change('')} />}
    />
  );
}

function NoResult() {
  const t = patternPhrases.use();
  const { q, showAll } = useListSearch();
  const title = q ? t('list.noResult', { query: q }) : t('list.noResultFiltered');
  return (
    <EmptyState icon={IconSearchOff} title={title} detail={q ? t('list.noResultHelp') : t('list.noResultFilteredHelp')}>
      <Button variant="default" onClick={showAll}>
        {t('list.showAll')}
      </Button>
    </EmptyState>
  );
}

function Failure({ error, retry }: { error: unknown; retry: () => unknown }) {
  const t = patternPhrases.use();
  const { message, requestId } = error as { message: string; requestId?: string };
  return (
    <EmptyState
      icon={IconAlertTriangle}
      title={t('list.failed')}
      detail={[message, requestId && t('form.requestId', { id: requestId })].filter(Boolean).join(' ')}
    >
      <Button variant="default" onClick={() => void retry()}>
        {t('retry')}
      </Button>
    </EmptyState>
  );
}
