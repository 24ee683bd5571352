import { Button } from '@mantine/core';
import { fill, type PlaceholderValues } from '../../../guides/placeholders.ts';
import { CodeBlock } from '../../patterns/code-block.tsx';
import type { CodePiece } from '../../patterns/code-pieces.ts';
import { useIsReadOnly } from '../../session/administrator.ts';
import { useGuide } from './guide-context.tsx';
import { guidePhrases } from './phrases.ts';

/** In place of a secret until it is asked for; its length says nothing about the secret. */
export const mask = '•'.repeat(16);

const holdsSecret = (text: string): boolean => text.includes('{{appSecret}}');

interface FilledCodeProps {
  text: string;
  name: string;
  language: string;
}

/** Code of a guide with the reader's values. What is copied has the secret, what is shown only when it is asked for. */
export function FilledCode({ text, name, language }: FilledCodeProps) {
  const t = guidePhrases.use();
  const { values, isSecretShown, onShowSecret } = useGuide();
  // What stands for the secret that colleagues who only read do not see is none.
  const isReadOnly = useIsReadOnly();
  const hasSecret = values.appSecret !== '' && !isReadOnly;
  return (
    <CodeBlock
      code={fill(text, values)}
      name={name}
      language={language}
      pieces={piecesOf(text, isSecretShown || !hasSecret ? values : { ...values, appSecret: mask })}
      tools={
        holdsSecret(text) && hasSecret ? (
          <Button variant="subtle" color="gray" size="compact-xs" onClick={() => onShowSecret(!isSecretShown)}>
            {t(isSecretShown ? 'guide.hideSecret' : 'guide.showSecret')}
          </Button>
        ) : undefined
      }
    />
  );
}

const piecesOf = (text: string, values: PlaceholderValues): CodePiece[] =>
  // Every second piece is the name of a placeholder.
  text
    .split(/\{\{(\w+)\}\}/)
    .map((piece, place) =>
      place % 2 === 0 ? { text: piece } : { text: values[piece as keyof PlaceholderValues], isMarked: true },
    );
