import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconGripVertical, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { patternPhrases } from './phrases.ts';
import classes from './reorder-list.module.css';

interface ReorderListProps<Item> {
  /** Name of the list. */
  label: string;
  items: readonly Item[];
  idOf: (item: Item) => string;
  nameOf: (item: Item) => string;
  onChange: (items: Item[]) => void;
  /** Asks before an item is removed; without it the item is removed at once. */
  onRemove?: (item: Item) => void;
  /** Why an item has to stay, instead of the button that removes it. */
  keepsBecause?: (item: Item) => string | undefined;
  children: (item: Item, place: number) => ReactNode;
}

/**
 * A short list whose order matters. Entries move by dragging the handle, with the arrow keys on it, and with buttons;
 * a live region says where an entry is now.
 */
export function ReorderList<Item>(props: ReorderListProps<Item>) {
  const { label, items, idOf, nameOf, keepsBecause, children } = props;
  const t = patternPhrases.use();
  const { list, dragged, spoken, move, remove, handleOf } = useOrder(props);
  return (
    <>
      <ol ref={list} className={classes.list} aria-label={label}>
        {items.map((item, place) => (
          <li key={idOf(item)} className={classes.row} data-dragged={idOf(item) === dragged || undefined}>
            <button
              type="button"
              className={classes.handle}
              aria-label={t('order.handle', { name: nameOf(item) })}
              {...handleOf(place)}
            >
              <IconGripVertical size={16} stroke={1.5} aria-hidden />
            </button>
            <div className={classes.content}>{children(item, place)}</div>
            <RowButtons
              name={nameOf(item)}
              isFirst={place === 0}
              isLast={place === items.length - 1}
              onMove={(step) => move(place, place + step)}
              onRemove={() => remove(place)}
              keptBecause={keepsBecause?.(item)}
            />
          </li>
        ))}
      </ol>
      <VisuallyHidden role="status">{spoken}</VisuallyHidden>
    </>
  );
}

/** Moves and removes entries, and says so. */
function useOrder<Item>({ items, idOf, nameOf, onChange, onRemove }: ReorderListProps<Item>) {
  const t = patternPhrases.use();
  const list = useRef<HTMLOListElement>(null);
  const [dragged, setDragged] = useState<string>();
  const [spoken, setSpoken] = useState('');
  const move = (from: number, to: number) => {
    const moved = items[from];
    if (moved === undefined || to < 0 || to >= items.length || from === to) return;
    const next = items.filter((_, place) => place !== from);
    next.splice(to, 0, moved);
    onChange(next);
    setSpoken(t('order.moved', { name: nameOf(moved), place: String(to + 1), count: String(items.length) }));
  };
  const remove = (place: number) => {
    const gone = items[place];
    if (gone === undefined) return;
    if (onRemove) {
      onRemove(gone);
      return;
    }
    onChange(items.filter((item) => item !== gone));
    setSpoken(t('order.removed', { name: nameOf(gone) }));
  };
  const drop = () => setDragged(undefined);
  const handleOf = (place: number) => ({
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      setDragged(items[place] && idOf(items[place]));
    },
    onPointerMove: ({ clientY }: PointerEvent) => {
      if (dragged !== undefined)
        move(
          items.findIndex((item) => idOf(item) === dragged),
          placeAt(list.current, clientY),
        );
    },
    onPointerUp: drop,
    onPointerCancel: drop,
    onKeyDown: (event: KeyboardEvent) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      move(place, place + step);
    },
  });
  return { list, dragged, spoken, move, remove, handleOf };
}

/** The row at a height of the window. */
function placeAt(list: HTMLElement | null, y: number): number {
  const rows = [...(list?.children ?? [])].map((row) => row.getBoundingClientRect());
  const found = rows.findIndex(({ bottom }) => y < bottom);
  return found < 0 ? rows.length - 1 : found;
}

interface RowButtonsProps {
  name: string;
  isFirst: boolean;
  isLast: boolean;
  onMove: (step: -1 | 1) => void;
  onRemove: () => void;
  keptBecause: string | undefined;
}

function RowButtons({ name, isFirst, isLast, onMove, onRemove, keptBecause }: RowButtonsProps) {
  const t = patternPhrases.use();
  const quiet = { variant: 'subtle', color: 'gray', size: 28 } as const;
  return (
    <div className={classes.buttons}>
      <ActionIcon {...quiet} aria-label={t('order.up', { name })} disabled={isFirst} onClick={() => onMove(-1)}>
        <IconArrowUp size={16} stroke={1.5} />
      </ActionIcon>
      <ActionIcon {...quiet} aria-label={t('order.down', { name })} disabled={isLast} onClick={() => onMove(1)}>
        <IconArrowDown size={16} stroke={1.5} />
      </ActionIcon>
      <Tooltip label={keptBecause ?? t('order.remove', { name })} multiline maw={280}>
        <ActionIcon
          {...quiet}
          aria-label={t('order.remove', { name })}
          aria-disabled={keptBecause !== undefined}
          {...(keptBecause !== undefined && { 'data-disabled': true })}
          onClick={() => keptBecause === undefined && onRemove()}
        >
          <IconX size={16} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
