import { createElement, Fragment, type ReactNode, useEffect, useMemo, useState } from 'react';
import classes from './code-block.module.css';
import type { Colorize } from './code-colors.ts';
import { type CodePiece, colorPieces } from './code-pieces.ts';
import { CopyButton } from './copy.tsx';

interface CodeBlockProps {
  /** What is copied. */
  code: string;
  /** File name or language, shown above the code. */
  name: string;
  /** As a fence of Markdown names it; its colors come once they are loaded. */
  language?: string | undefined;
  /** What is shown, if it differs from what is copied. */
  pieces?: readonly CodePiece[];
  /** Beside the copy button. */
  tools?: ReactNode;
}

/** Code to copy. */
export function CodeBlock({ code, name, language, pieces = [{ text: code }], tools }: CodeBlockProps) {
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
        <code>
          <Pieces pieces={pieces} language={language} />
        </code>
      </pre>
    </figure>
  );
}

function useColorize(language: string | undefined): Colorize | undefined {
  const [loaded, setLoaded] = useState<{ language: string; colorize: Colorize | undefined }>();
  useEffect(() => {
    let isCurrent = true;
    const load = async (wanted: string): Promise<void> => {
      const { loadColorize } = await import('./code-colors.ts');
      const colorize = await loadColorize(wanted);
      if (isCurrent) setLoaded({ language: wanted, colorize });
    };
    // Without its colors the code says the same.
    if (language) load(language).catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [language]);
  return loaded?.language === language ? loaded?.colorize : undefined;
}

function Pieces({ pieces, language }: Required<Pick<CodeBlockProps, 'pieces' | 'language'>>) {
  const colorize = useColorize(language);
  const code = pieces.map(({ text }) => text).join('');
  const parts = useMemo(() => colorize?.(code) ?? [{ text: code }], [code, colorize]);
  return createElement(Fragment, null, ...colorPieces(pieces, parts).map(showPiece));
}

function showPiece({ text, color, isMarked }: ReturnType<typeof colorPieces>[number]): ReactNode {
  if (isMarked) return <mark className={classes.marked}>{text}</mark>;
  return color ? <span data-color={color}>{text}</span> : text;
}
