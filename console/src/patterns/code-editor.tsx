import { Input, Skeleton } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { useIsReadOnly } from '../session/administrator.ts';

const EditorView = lazy(() => import('./code-editor-view.tsx'));

interface CodeEditorProps {
  label: string;
  description?: ReactNode;
  error?: ReactNode;
  language: 'css' | 'json';
  value: string;
  onChange: (value: string) => void;
  /** Pixels; longer code scrolls. */
  height?: number;
}

/** Code that is edited. The editor loads when it is first shown. */
export function CodeEditor({ label, description, error, language, value, onChange, height = 280 }: CodeEditorProps) {
  const isReadOnly = useIsReadOnly();
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <Suspense fallback={<Skeleton height={height} mt={4} />}>
        <EditorView
          label={label}
          language={language}
          value={value}
          onChange={onChange}
          isReadOnly={isReadOnly}
          height={height}
        />
      </Suspense>
    </Input.Wrapper>
  );
}
