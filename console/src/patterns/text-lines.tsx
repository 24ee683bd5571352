import { Textarea, type TextareaProps } from '@mantine/core';

/** The entries of a text with one on each line. */
export const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  ),
];

/** A list that people paste, with one entry on each line. */
export function TextLines(props: TextareaProps) {
  return <Textarea autosize minRows={3} maxRows={12} spellCheck={false} {...props} />;
}
