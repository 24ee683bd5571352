import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Changing } from './changing.tsx';
import classes from './page.module.css';

interface PageProps {
  title: string;
  /** One sentence: what this page is for. */
  description?: ReactNode;
  /** The one primary action, which changes something: not for colleagues who only read. */
  action?: ReactNode;
  /** What changes nothing, beside the action. */
  tool?: ReactNode;
  /** Takes the width of the screen, for two columns. */
  isWide?: boolean;
  children: ReactNode;
}

/** A page with its title, and the primary action at the top right. */
export function Page({ title, description, action, tool, isWide, children }: PageProps) {
  useDocumentTitle(`${title} · Aldaba`);
  return (
    <div className={classes.page} data-wide={isWide || undefined}>
      <header className={classes.header}>
        <div className={classes.words}>
          <h1 className={classes.title}>{title}</h1>
          {description && <p className={classes.description}>{description}</p>}
        </div>
        {tool}
        <Changing>{action}</Changing>
      </header>
      {children}
    </div>
  );
}
