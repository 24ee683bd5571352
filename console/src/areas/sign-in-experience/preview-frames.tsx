import { useEffect, useId, useRef, useState } from 'react';
import classes from './preview.module.css';
import { type Drawn, usable } from './use-preview.ts';

type Page = NonNullable<Drawn['page']>;

interface PreviewFramesProps {
  page: Page | undefined;
  /** When the page was drawn, in milliseconds. */
  drawnAt: number;
  /** Asks for the page again: it was drawn too long ago to be opened. */
  redraw: () => unknown;
  title: string;
}

/**
 * Shows the newest page. The frame before stays until the next one has loaded. Each page gets a frame of its own: the
 * first page of a frame adds nothing to the history of the tab.
 */
export function PreviewFrames({ page, drawnAt, redraw, title }: PreviewFramesProps) {
  const [pages, setPages] = useState<readonly Page[]>([]);
  const [ready, setReady] = useState<Page>();
  const isNew = page !== undefined && !pages.includes(page);
  const isExpired = isNew && Date.now() - drawnAt > usable;
  if (isNew && !isExpired) setPages([...pages.filter((old) => old === ready), page]);
  useEffect(() => {
    if (isExpired) redraw();
  }, [isExpired, redraw]);
  const finish = (loaded: Page) => {
    setReady(loaded);
    setPages((old) => old.slice(old.indexOf(loaded)));
  };
  return pages.map((each) => (
    <Frame key={each.document} page={each} title={title} isShown={each === ready} onLoad={() => finish(each)} />
  ));
}

interface FrameProps {
  page: Page;
  title: string;
  isShown: boolean;
  onLoad: () => void;
}

function Frame({ page, title, isShown, onLoad }: FrameProps) {
  const name = useId();
  const isPosted = useRef(false);
  useEffect(() => {
    if (isPosted.current) return;
    isPosted.current = true;
    post(page, name);
  }, [page, name]);
  return (
    <iframe
      name={name}
      title={title}
      sandbox=""
      className={classes.frame}
      data-shown={isShown || undefined}
      aria-hidden={!isShown}
      tabIndex={isShown ? 0 : -1}
      onLoad={() => isPosted.current && onLoad()}
    />
  );
}

/** Sends the document to its address, with the frame as the target. */
function post({ address, document: sealed }: Page, target: string): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = address;
  form.target = target;
  const field = document.createElement('input');
  field.type = 'hidden';
  field.name = 'document';
  field.value = sealed;
  form.append(field);
  document.body.append(form);
  form.submit();
  form.remove();
}
