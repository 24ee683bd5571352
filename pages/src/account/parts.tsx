/** What the parts of the account page share. */
import type { AccountEntry, AccountView, PageFrame } from '@aldaba/contract/pages';
import type { ComponentChildren, VNode } from 'preact';
import { Alert, Hidden, Notice, Submit } from '../fields.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Heading } from '../views/parts.tsx';

export interface ScreenProps<Screen> {
  frame: PageFrame;
  view: AccountView;
  screen: Screen;
}

export type ScreenOf<Part extends AccountView['screen']['part']> = Extract<AccountView['screen'], { part: Part }>;

export const addressOf = (frame: PageFrame, path: string): string => `${frame.basePath}/account${path}`;

const notices: Readonly<Record<NonNullable<AccountView['notice']>, PhraseKey>> = {
  saved: 'account.saved',
  removed: 'account.removed',
  ended: 'account.ended',
  proved: 'account.proved',
  resent: 'code.resent',
  deletionCanceled: 'account.deletionCanceled',
};

/** Heading, notice and errors, then the part itself and the way back. */
export const Part = (props: {
  frame: PageFrame;
  view: AccountView;
  title: PhraseKey;
  lead?: PhraseKey | VNode | undefined;
  children: ComponentChildren;
  /** Path of the page above this one, below `/account`. */
  back?: string;
}) => {
  const { frame, view } = props;
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading text={t(props.title)} lead={typeof props.lead === 'string' ? t(props.lead) : props.lead} />
      {view.notice && <Notice>{t(notices[view.notice])}</Notice>}
      <Alert error={view.error} focus />
      {props.children}
      <p class="switch">
        <a href={addressOf(frame, props.back ?? '')}>{t('account.back')}</a>
      </p>
    </>
  );
};

/** A form of the page; its path is below `/account`. */
export const Form = (props: {
  frame: PageFrame;
  path: string;
  fields?: Record<string, string>;
  submit?: PhraseKey | undefined;
  children?: ComponentChildren;
}) => (
  <form class="main-form" method="post" action={addressOf(props.frame, props.path)}>
    <Hidden fields={props.fields ?? {}} />
    {props.children}
    {props.submit && <Submit>{phrase(props.frame.language, props.submit)}</Submit>}
  </form>
);

/** A form that is one button: outlined, or quiet. */
export const Button = (props: {
  frame: PageFrame;
  path: string;
  label: PhraseKey;
  look?: 'outlined' | 'plain' | 'danger';
  fields?: Record<string, string>;
  /** What the button is about, for screen readers. */
  about?: string;
}) => {
  const label = phrase(props.frame.language, props.label);
  return (
    <form class="plain-form" method="post" action={addressOf(props.frame, props.path)}>
      <Hidden fields={props.fields ?? {}} />
      <button
        type="submit"
        class={`button ${props.look ?? 'outlined'}`}
        aria-label={props.about === undefined ? undefined : `${label}: ${props.about}`}
      >
        <span class="button-label">{label}</span>
      </button>
    </form>
  );
};

export const dateOf = (frame: PageFrame, time: number): string =>
  new Intl.DateTimeFormat(`${frame.language}-u-nu-latn`, { dateStyle: 'long', timeZone: 'UTC' }).format(time);

/** A list of things of the user, each with the button that takes it away. */
export const Entries = <Entry extends AccountEntry>(props: {
  frame: PageFrame;
  entries: readonly Entry[];
  empty: PhraseKey;
  /** Path of the form, which sends the `id`. */
  path: string;
  remove: PhraseKey;
  since: PhraseKey;
  /** In place of the button, or in addition to it. */
  more?: (entry: Entry) => ComponentChildren;
}) => {
  const { frame } = props;
  if (props.entries.length === 0) return <p class="hint">{phrase(frame.language, props.empty)}</p>;
  return (
    <ul class="entries">
      {props.entries.map((entry) => (
        <li key={entry.id}>
          <div class="entry">
            <span class="way-name">{entry.name}</span>
            {entry.detail !== undefined && <small>{entry.detail}</small>}
            {entry.since !== undefined && (
              <small>{phrase(frame.language, props.since, { date: dateOf(frame, entry.since) })}</small>
            )}
          </div>
          {entry.isRemovable && (
            <Button
              frame={frame}
              path={props.path}
              label={props.remove}
              look="plain"
              fields={{ id: entry.id }}
              about={entry.name}
            />
          )}
          {props.more?.(entry)}
        </li>
      ))}
    </ul>
  );
};
