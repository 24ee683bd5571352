import { Button } from '@mantine/core';
import { Fragment } from 'react';
import { fill, type PlaceholderValues } from '../../../guides/placeholders.ts';
import { CodeBlock } from '../../patterns/code-block.tsx';
import classes from './filled-code.module.css';
import { useGuide } from './guide-context.tsx';
import { guidePhrases } from './phrases.ts';

/** In place of a secret until it is asked for; its length says nothing about the secret. */
export const mask = '•'.repeat(16);

const holdsSecret = (text: string): boolean => text.includes('{{appSecret}}');

/** Code of a guide with the reader's values. What is copied has the secret, what is shown only when it is asked for. */
export function FilledCode({ text, name }: { text: string; name: string }) {
  const t = guidePhrases.use();
  const { values, isSecretShown, onShowSecret } = useGuide();
  return (
    <CodeBlock
      code={fill(text, values)}
      name={name}
      tools={
        holdsSecret(text) && values.appSecret ? (
          <Button variant="subtle" color="gray" size="compact-xs" onClick={() => onShowSecret(!isSecretShown)}>
            {t(isSecretShown ? 'guide.hideSecret' : 'guide.showSecret')}
          </Button>
        ) : undefined
      }
    >
      <Pieces text={text} values={isSecretShown || !values.appSecret ? values : { ...values, appSecret: mask }} />
    </CodeBlock>
  );
}

function Pieces({ text, values }: { text: string; values: PlaceholderValues }) {
  // Every second piece is the name of a placeholder.
  return text.split(/\{\{(\w+)\}\}/).map((piece, place) => {
    const key = `${place}${piece}`;
    if (place % 2 === 0) return <Fragment key={key}>{piece}</Fragment>;
    return (
      <mark key={key} className={classes.value}>
        {values[piece as keyof PlaceholderValues]}
      </mark>
    );
  });
}
