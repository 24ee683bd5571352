import type { PageError, PageFrame } from '@aldaba/contract';
import type { ComponentChildren } from 'preact';
import { Eye, Warning } from './icons.tsx';
import { type PhraseKey, phrase } from './phrases/index.ts';

type FieldName = NonNullable<PageError['field']>;

/** The attribute that moves the focus when the page opens, with scripts or without. */
const focused = { autofocus: true };
const attributesOfFocus = (wanted: boolean | undefined) => (wanted ? focused : {});

/** What a field shows and how the browser and the password manager should treat it. */
export interface FieldProps {
  frame: PageFrame;
  name: Exclude<FieldName, 'terms'>;
  label: PhraseKey;
  missing: PhraseKey;
  autocomplete: 'username' | 'current-password' | 'new-password';
  value?: string | undefined;
  error?: PageError | undefined;
  /** Focus when the page opens: the field that an error is about, however it is shown. */
  focus?: boolean;
  /** Id of the text that explains the field. */
  hint?: string | undefined;
  /** Id of the field whose value has to be repeated here. */
  repeats?: string;
}

/** A labelled text or password field with its place for an error. Pasting is never blocked, nothing is cut short. */
export const Field = (props: FieldProps) => {
  const { frame, name, error } = props;
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const isPassword = name !== 'username';
  const own = error?.field === name ? error : undefined;
  const describedBy = [`${name}-error`, error && !own ? 'page-alert' : undefined, props.hint];
  const attributes = {
    id: name,
    name,
    value: props.value,
    autocomplete: props.autocomplete,
    autocapitalize: 'none' as const,
    autocorrect: 'off',
    spellcheck: false,
    required: true,
    'aria-invalid': own ? ('true' as const) : undefined,
    'aria-describedby': describedBy.filter(Boolean).join(' '),
    'data-missing': t(props.missing),
    'data-repeats': props.repeats,
    'data-mismatch': props.repeats === undefined ? undefined : t('field.confirmMismatch'),
    ...attributesOfFocus(props.focus),
  };
  return (
    <div class="field">
      <label for={name}>{t(props.label)}</label>
      <div class="box">
        {isPassword ? <input type="password" {...attributes} /> : <input type="text" {...attributes} />}
        {isPassword && (
          <button
            type="button"
            class="reveal"
            hidden
            aria-controls={name}
            aria-label={t('field.showPassword')}
            data-show={t('field.showPassword')}
            data-hide={t('field.hidePassword')}
          >
            <Eye />
          </button>
        )}
      </div>
      <p class="field-error" id={`${name}-error`} hidden={!own} data-code={own?.code}>
        {own?.message}
      </p>
    </div>
  );
};

/** The password rules in words, tied to the field by id. */
export const PasswordRules = ({ frame, rules }: { frame: PageFrame; rules: string[] }) =>
  rules.length === 0 ? null : (
    <div class="rules" id="password-rules">
      <p>{phrase(frame.language, 'password.rulesTitle')}</p>
      <ul>
        {rules.map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
    </div>
  );

/**
 * The place for messages that belong to no field. It is always there, so that assistive technology announces
 * what the islands put into it; `focus` is for pages without a field that could take the focus.
 */
export const Alert = ({ error, focus }: { error?: PageError | undefined; focus?: boolean }) => {
  const shown = error !== undefined && error.field === undefined;
  return (
    <div
      class="alert"
      id="page-alert"
      role="alert"
      tabIndex={-1}
      data-code={shown ? error.code : undefined}
      {...attributesOfFocus(shown && focus)}
    >
      <Warning />
      <p>{shown ? error.message : ''}</p>
    </div>
  );
};

/** The main button of a form; its busy state is switched by the island. */
export const Submit = ({ children, name, value }: { children: ComponentChildren; name?: string; value?: string }) => (
  <button type="submit" class="button primary" name={name} value={value}>
    <span class="button-label">{children}</span>
  </button>
);

/** Hidden fields of a form. */
export const Hidden = ({ fields }: { fields: Record<string, string> }) => (
  <>
    {Object.entries(fields).map(([name, value]) => (
      <input key={name} type="hidden" name={name} value={value} />
    ))}
  </>
);
