import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { css } from '@codemirror/lang-css';
import { json } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import classes from './code-editor.module.css';

const languages = { css, json };

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.atom, tags.bool, tags.null], color: 'var(--accent-ink)' },
  { tag: [tags.propertyName, tags.attributeName], color: 'var(--ink)' },
  { tag: [tags.className, tags.tagName, tags.labelName], color: 'var(--accent-ink)', fontWeight: '500' },
  { tag: [tags.string, tags.color], color: 'var(--success)' },
  { tag: [tags.number, tags.unit], color: 'var(--warning)' },
  { tag: tags.comment, color: 'var(--ink-faint)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--danger)' },
]);

/** Texts of members that are called like secrets. */
const secrets = new MatchDecorator({
  regexp: /"[^"]*(?:pass|secret|token|key|credential)[^"]*"\s*:\s*"((?:[^"\\]|\\.)+)"/gi,
  decorate: (add, _, to, [, text = '']) =>
    add(to - 1 - text.length, to - 1, Decoration.mark({ class: classes.secret ?? '' })),
});

/** Shows secrets as dots while the editor does not have the focus. */
const hidesSecrets = ViewPlugin.define(
  (view) => ({
    shown: secrets.createDeco(view),
    update(update) {
      this.shown = secrets.updateDeco(update, this.shown);
    },
  }),
  { decorations: ({ shown }) => shown },
);

interface CodeEditorViewProps {
  label: string;
  language: keyof typeof languages;
  value: string;
  onChange: (value: string) => void;
  isReadOnly: boolean;
  height: number;
}

/** The editor itself. The Tab key leaves it, as in any other field. */
export default function CodeEditorView({ label, language, value, onChange, isReadOnly, height }: CodeEditorViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef({ value, onChange });
  latest.current = { value, onChange };
  useEffect(() => {
    if (!box.current) return undefined;
    const editor = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          EditorState.readOnly.of(isReadOnly),
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          languages[language](),
          syntaxHighlighting(colors),
          language === 'json' ? hidesSecrets : [],
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [language, label, isReadOnly]);
  useEffect(() => {
    const editor = view.current;
    const shown = editor?.state.doc.toString();
    if (editor && shown !== value) editor.dispatch({ changes: { from: 0, to: shown?.length ?? 0, insert: value } });
  }, [value]);
  return <div ref={box} className={classes.editor} style={{ height }} />;
}
