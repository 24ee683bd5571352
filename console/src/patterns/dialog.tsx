import { Modal } from '@mantine/core';
import { type ReactNode, type RefObject, useEffect, useMemo, useRef } from 'react';
import classes from './dialog.module.css';
import { patternPhrases } from './phrases.ts';

interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** Pixels. */
  size?: number;
  children: ReactNode;
}

/** The buttons at the end of a dialog. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={classes.actions}>{children}</div>;
}

/** A dialog: takes the focus, gives it back, closes with Escape. */
export function Dialog({ isOpen, onClose, title, size = 480, children }: DialogProps) {
  const t = patternPhrases.use();
  const content = useRef<HTMLDivElement>(null);
  useFocusReturn(isOpen, content);
  return (
    <Modal.Root opened={isOpen} onClose={onClose} size={size} centered returnFocus={false}>
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content ref={content}>
        <div className={classes.head}>
          <Modal.Title className={classes.title ?? ''}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('close')} />
        </div>
        <Modal.Body className={classes.body ?? ''}>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Milliseconds until a dialog has given up the focus. */
const settled = 20;

/**
 * Gives the focus back when a dialog closes or goes: to what had it, or to the button of the menu that had it, which is
 * gone with its items. If something else took the focus, it stays there.
 */
function useFocusReturn(isOpen: boolean, content: RefObject<HTMLElement | null>): void {
  // While rendering: a menu is gone once the dialog is there.
  const opener = useMemo(() => (isOpen ? openerOf(document.activeElement) : null), [isOpen]);
  useEffect(() => {
    if (!isOpen) return undefined;
    return () => {
      setTimeout(() => {
        const { activeElement: at, body } = document;
        const isFree = at === null || at === body || content.current?.contains(at);
        if (isFree) (opener?.isConnected ? opener : document.getElementById('content'))?.focus({ preventScroll: true });
      }, settled);
    };
  }, [isOpen, opener, content]);
}

function openerOf(element: Element | null): HTMLElement | null {
  const menu = element?.closest('[role=menu]');
  const opener = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : element;
  return opener instanceof HTMLElement && opener !== document.body ? opener : null;
}
