/** What the parts of the portal share. */
import type { PageFrame, PortalRole, PortalScreen, PortalView } from '@aldaba/contract/pages';
import type { ComponentChildren } from 'preact';
import { Alert, Hidden, Notice } from '../fields.tsx';
import { CopyButton } from '../views/binding-parts.tsx';
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
  /** Below the field. */
  hint?: string | undefined;
  /** What was wrong with the value. */
  error?: string | undefined;
  isSecret?: boolean;
}) => (
  <div class="field">
    <label for={props.name}>{props.label}</label>
    <div class="box">
      <input
        id={props.name}
        name={props.name}
        {...(props.isSecret ? { type: 'password' as const } : { type: 'text' as const })}
        inputMode={props.mode}
        value={props.value}
        maxLength={props.maxLength}
        autocomplete={props.isSecret ? 'new-password' : 'off'}
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        required={!props.isOptional}
        aria-invalid={props.error === undefined ? undefined : 'true'}
        aria-describedby={`${props.name}-error ${props.hint === undefined ? '' : `${props.name}-hint `}page-alert`}
        data-missing={props.missing}
      />
    </div>
    {props.hint !== undefined && (
      <p class="hint" id={`${props.name}-hint`}>
        {props.hint}
      </p>
    )}
    <p class="field-error" id={`${props.name}-error`} hidden={props.error === undefined}>
      {props.error}
    </p>
  </div>
);

/** A value to enter elsewhere. */
export const Copied = (props: { frame: PageFrame; id: string; name: string; value: string }) => (
  <>
    <dt id={`${props.id}-name`}>{props.name}</dt>
    <dd>
      <code id={props.id} dir="ltr">
        {props.value}
      </code>
      <CopyButton frame={props.frame} of={props.id} look="plain" describedBy={`${props.id}-name`} />
    </dd>
  </>
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

/** One of the roles, or none. */
export const RoleChoice = (props: { legend: string; none: string; roles: readonly PortalRole[] }) => {
  const { roles } = props;
  const options = [{ id: '', name: props.none, isChosen: roles.every(({ isChosen }) => !isChosen) }, ...roles];
  return (
    <fieldset class="organizations">
      <legend class="small-heading">{props.legend}</legend>
      {options.map((option) => (
        <div class="check" key={option.id}>
          <input type="radio" id={`role-${option.id}`} name="role" value={option.id} checked={option.isChosen} />
          <label for={`role-${option.id}`} class="portal-role">
            {option.name}
            {'description' in option && option.description !== undefined && <small>{option.description}</small>}
          </label>
        </div>
      ))}
    </fieldset>
  );
};

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
    ...(style === 'time' ? { dateStyle: 'medium', timeStyle: 'short' } : { dateStyle: 'long' }),
    timeZone: 'UTC',
  }).format(time);

/** An instant, in UTC. */
export const instantOf = (view: PortalView, time: number): string => `${timeOf(view, time, 'time')} UTC`;

/** The page of the role that a group of an identity provider gives. */
export const groupAddress = (frame: PageFrame, id: string, group: { attribute: string; value: string }): string =>
  `${addressOf(frame, `/sso/${encodeURIComponent(id)}/group`)}?${new URLSearchParams(group)}`;
