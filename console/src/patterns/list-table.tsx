import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { CSSProperties, ReactNode } from 'react';
import { useTenant } from '../api/queries.ts';
import { pageSize } from './list-search.ts';
import classes from './list-table.module.css';
import rowLink from './row-link.module.css';

export interface ListColumn<Item> {
  header: string;
  cell: (item: Item) => ReactNode;
  /** CSS width; the first column takes what is left. */
  width?: string;
  /** Not shown on phones: what the first column or the item's page also says. */
  wide?: boolean;
}

interface ListTableProps<Item> {
  caption: string;
  /** Undefined while the first page loads. */
  items: readonly Item[] | undefined;
  columns: readonly ListColumn<Item>[];
  idOf: (item: Item) => string;
  linkOf: ((item: Item) => string) | undefined;
  menuOf: ((item: Item) => ReactNode) | undefined;
  /** Another page is loading. */
  isStale: boolean;
}

/** A table whose rows are links; the link of the first cell covers the row. */
export function ListTable<Item>({ caption, items, columns, idOf, linkOf, menuOf, isStale }: ListTableProps<Item>) {
  return (
    <table className={classes.table} aria-busy={!items || isStale} data-stale={isStale || undefined}>
      <caption className={classes.caption}>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ header, width, wide }) => (
            <th
              key={header}
              scope="col"
              style={{ '--width': width } as CSSProperties}
              className={wide ? classes.wide : undefined}
            >
              {header}
            </th>
          ))}
          {menuOf && <td className={classes.menu} />}
        </tr>
      </thead>
      <tbody>
        {items ? (
          items.map((item) => (
            <Row key={idOf(item)} item={item} columns={columns} linkOf={linkOf} menu={menuOf?.(item)} />
          ))
        ) : (
          <SkeletonRows columns={columns} hasMenu={menuOf !== undefined} />
        )}
      </tbody>
    </table>
  );
}

interface RowProps<Item> {
  item: Item;
  columns: readonly ListColumn<Item>[];
  linkOf: ((item: Item) => string) | undefined;
  menu: ReactNode;
}

function Row<Item>({ item, columns, linkOf, menu }: RowProps<Item>) {
  const tenant = useTenant();
  const [first, ...rest] = columns;
  const content = first?.cell(item);
  return (
    <tr className={classes.row}>
      <td>
        {linkOf ? (
          <Link to={`/t/$tenant/${linkOf(item)}` as '/t/$tenant'} params={{ tenant }} className={rowLink.link ?? ''}>
            {content}
          </Link>
        ) : (
          content
        )}
      </td>
      {rest.map(({ header, cell, wide }) => (
        <td key={header} className={wide ? classes.wide : undefined}>
          {cell(item)}
        </td>
      ))}
      {menu && <td className={classes.menu}>{menu}</td>}
    </tr>
  );
}

const widths = [180, 132, 220, 156, 204];

function SkeletonRows<Item>({ columns, hasMenu }: { columns: readonly ListColumn<Item>[]; hasMenu: boolean }) {
  return Array.from({ length: Math.min(8, pageSize) }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: rows without data have no other key.
    <tr key={row} className={classes.row}>
      {columns.map(({ header, wide }, place) => (
        <td key={header} className={wide ? classes.wide : undefined}>
          <Skeleton height={12} width={place === 0 ? (widths[row % widths.length] ?? 180) : 88} radius={4} />
        </td>
      ))}
      {hasMenu && <td className={classes.menu} />}
    </tr>
  ));
}

interface NameCellProps {
  name: ReactNode;
  detail?: ReactNode;
  picture?: ReactNode;
  /** A state to point out: beside the name, on phones below it. */
  badge?: ReactNode;
}

/** The first cell of a row: what it is called, and a line below. */
export function NameCell({ name, detail, picture, badge }: NameCellProps) {
  return (
    <span className={classes.name}>
      {picture}
      <span className={classes.content}>
        <span className={classes.words}>
          <span className={classes.title} dir="auto">
            {name}
          </span>
          {detail && (
            <span className={classes.detail} dir="auto">
              {detail}
            </span>
          )}
        </span>
        {badge}
      </span>
    </span>
  );
}
