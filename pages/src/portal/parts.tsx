/** What the parts of the portal share. */
import type { PageFrame, PortalScreen, PortalView } from '@aldaba/contract/pages';
import type { ComponentChildren } from 'preact';
import { Alert, Hidden, Notice } from '../fields.tsx';
import { Heading } from '../views/parts.tsx';
import { type PortalWord, word } from './words.ts';

export interface ScreenProps<Part extends PortalScreen['part']> {
  frame: PageFrame;
  view: PortalView;
  screen: Extract<PortalScreen, { part: Part }>;
}

export const addressOf = (frame: PageFrame, path: string): string => `${frame.basePath}/portal${path}`;

/** Heading, notice and errors, then the part itself and the way back. */
export const Part = (props: {
  frame: PageFrame;
  view: PortalView;
  title: string;
  lead?: ComponentChildren;
  /** Path of the page above this one, below `/portal`. */
  back?: string;
  children: ComponentChildren;
}) => {
  const { frame, view } = props;
  return (
    <>
      <Heading text={props.title} lead={props.lead} />
      {view.notice && <Notice>{word(view.language, `notice.${view.notice}`)}</Notice>}
      <Alert error={view.error} focus />
      {props.children}
      <p class="switch">
        <a href={addressOf(frame, props.back ?? '')}>{word(view.language, 'back')}</a>
      </p>
    </>
  );
};

/** A form of the page, or one that is a button alone; its path is below `/portal`. */
export const Form = (props: {
  frame: PageFrame;
  path: string;
  fields?: Record<string, string>;
  submit: string;
  look?: 'primary' | 'outlined' | 'plain' | 'danger';
  /** What the button is about, for screen readers. */
  about?: string;
  children?: ComponentChildren;
}) => (
  <form class={props.children ? 'main-form' : 'plain-form'} method="post" action={addressOf(props.frame, props.path)}>
    <Hidden fields={props.fields ?? {}} />
    {props.children}
    <button
      type="submit"
      class={`button ${props.look ?? 'primary'}`}
      aria-label={props.about === undefined ? undefined : `${props.submit}: ${props.about}`}
    >
      <span class="button-label">{props.submit}</span>
    </button>
  </form>
);

/** A labeled field. */
export const TextField = (props: {
  name: string;
  label: string;
  missing: string;
  mode: 'text' | 'url' | 'email' | 'search' | 'numeric';
  value?: string | undefined;
  isOptional?: boolean;
  maxLength?: number;
}) => (
  <div class="field">
    <label for={props.name}>{props.label}</label>
    <div class="box">
      <input
        id={props.name}
        name={props.name}
        type="text"
        inputMode={props.mode}
        value={props.value}
        maxLength={props.maxLength}
        autocomplete="off"
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        required={!props.isOptional}
        aria-describedby={`${props.name}-error page-alert`}
        data-missing={props.missing}
      />
    </div>
    <p class="field-error" id={`${props.name}-error`} hidden />
  </div>
);

/** A removal: the button shows what it does first, with scripts off, too. */
export const Removal = (props: {
  frame: PageFrame;
  path: string;
  fields: Record<string, string>;
  label: string;
  consequence: string;
}) => (
  <details class="removal">
    <summary>{props.label}</summary>
    <p class="hint">{props.consequence}</p>
    <Form frame={props.frame} path={props.path} fields={props.fields} submit={props.label} look="danger" />
  </details>
);

/** Links to the pages before and after this one. */
export const Pages = (props: {
  frame: PageFrame;
  view: PortalView;
  path: string;
  page: number;
  hasMore: boolean;
  query?: Record<string, string>;
}) => {
  const { frame, view, page } = props;
  if (page === 1 && !props.hasMore) return null;
  const link = (to: number, key: PortalWord) => (
    <a href={`${addressOf(frame, props.path)}?${new URLSearchParams({ ...props.query, page: String(to) })}`}>
      {word(view.language, key)}
    </a>
  );
  return (
    <p class="switch portal-pages">
      {page > 1 && link(page - 1, 'previous')}
      {props.hasMore && link(page + 1, 'next')}
    </p>
  );
};

/** A time in the language of the page, in UTC as everywhere on the pages. */
export const timeOf = (view: PortalView, time: number, style: 'date' | 'time' = 'date'): string =>
  new Intl.DateTimeFormat(`${view.language}-u-nu-latn`, {
    dateStyle: 'medium',
    ...(style === 'time' ? { timeStyle: 'short' } : {}),
    timeZone: 'UTC',
  }).format(time);
