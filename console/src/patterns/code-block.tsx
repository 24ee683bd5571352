import classes from './code-block.module.css';
import { CopyButton } from './copy.tsx';

interface CodeBlockProps {
  code: string;
  /** File name or language, shown above the code. */
  name: string;
}

/** Code to copy. */
export function CodeBlock({ code, name }: CodeBlockProps) {
  return (
    <figure className={classes.block}>
      <figcaption className={classes.head}>
        <span>{name}</span>
        <CopyButton value={code} name={name} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by keyboard. */}
      <pre className={classes.code} tabIndex={0}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}
