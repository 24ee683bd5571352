import type { ReactNode } from 'react';
import classes from './code-block.module.css';
import { CopyButton } from './copy.tsx';

interface CodeBlockProps {
  /** What is copied. */
  code: string;
  /** File name or language, shown above the code. */
  name: string;
  /** What is shown, if it differs from what is copied. */
  children?: ReactNode;
  /** Beside the copy button. */
  tools?: ReactNode;
}

/** Code to copy. */
export function CodeBlock({ code, name, children, tools }: CodeBlockProps) {
  return (
    <figure className={classes.block}>
      <figcaption className={classes.head}>
        <span>{name}</span>
        <span className={classes.tools}>
          {tools}
          <CopyButton value={code} name={name} />
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by keyboard. */}
      <pre className={classes.code} tabIndex={0}>
        <code>{children ?? code}</code>
      </pre>
    </figure>
  );
}
