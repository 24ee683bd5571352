import type { ForgotPasswordView, PageError, PageFrame, PasswordRule, SignInView } from '@aldaba/contract/pages';
import { type ComponentChildren, createContext } from 'preact';
import { Eye, Tick, Warning } from './icons.tsx';
import { type PhraseKey, phrase } from './phrases/index.ts';

type FieldName = NonNullable<PageError['field']>;

/** The attribute that moves the focus when the page opens, with scripts or without. */
const focused = { autofocus: true };
const attributesOfFocus = (wanted: boolean | undefined) => (wanted ? focused : {});

/**
 * How a value is typed: which keyboard a phone opens, what the browser takes for well-formed, and whether the value
 * reads from left to right on every page.
 */
const controls = {
  text: { type: 'text' },
  password: { type: 'password' },
  /** Browsers refuse `müller@example.com` in a field of the type email. */
  email: { type: 'text', dir: 'ltr', inputMode: 'email', pattern: '\\s*[^\\s@]+@[^\\s@]+[.。][^\\s@]+\\s*' },
  phone: { type: 'text', dir: 'ltr', inputMode: 'tel' },
  /** A username, an email address or a phone number. */
  identifier: { type: 'text', dir: 'ltr' },
  /**
   * A code of six digits, as apps and messages show it and keyboards write it: with blanks and hyphens, or in full
   * width or with Arabic and Persian digits.
   */
  digits: {
    type: 'text',
    dir: 'ltr',
    inputMode: 'numeric',
    pattern: '[\\s\\-‐-―－]*(?:[0-9０-９٠-٩۰-۹][\\s\\-‐-―－]*){6}',
    maxLength: 32,
  },
} as const;

/** What a field shows and how the browser and the password manager should treat it. */
export interface FieldProps {
  frame: PageFrame;
  name: Exclude<FieldName, 'terms'>;
  control: keyof typeof controls;
  label: PhraseKey;
  missing: PhraseKey;
  /** The message for a malformed value. */
  malformed?: PhraseKey | undefined;
  autocomplete:
    | 'username'
    | 'username webauthn'
    | 'current-password'
    | 'new-password'
    | 'email'
    | 'tel'
    | 'one-time-code'
    | 'off';
  value?: string | undefined;
  error?: PageError | undefined;
  /** Focus when the page opens: the field that an error is about, however it is shown. */
  focus?: boolean;
  /** Id of the text that explains the field. */
  hint?: string | undefined;
  /** Id of the field whose value has to be repeated here. */
  repeats?: string;
  /** Draws the value in so many boxes. */
  boxes?: number;
  /** The value is sent and cannot be changed. */
  isFixed?: boolean | undefined;
}

/** A labeled field with its place for an error. Pasting is never blocked. */
export const Field = (props: FieldProps) => {
  const { frame, name, error } = props;
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const own = error?.field === name ? error : undefined;
  const describedBy = [`${name}-error`, error && !own ? 'page-alert' : undefined, props.hint];
  return (
    <div class="field">
      <label for={name}>{t(props.label)}</label>
      <div class="box" dir={props.boxes === undefined ? undefined : 'ltr'}>
        {props.boxes !== undefined && (
          <span class="cells" aria-hidden="true">
            {Array.from({ length: props.boxes }, (_, position) => (
              <span key={position} />
            ))}
          </span>
        )}
        <input
          id={name}
          name={name}
          value={props.value}
          {...controls[props.control]}
          autocomplete={props.autocomplete}
          autocapitalize="none"
          autocorrect="off"
          spellcheck={false}
          required
          readOnly={props.isFixed}
          aria-invalid={own ? 'true' : undefined}
          aria-describedby={describedBy.filter(Boolean).join(' ')}
          data-missing={t(props.missing)}
          data-malformed={props.malformed && t(props.malformed)}
          data-repeats={props.repeats}
          data-mismatch={props.repeats && t('field.confirmMismatch')}
          {...attributesOfFocus(props.focus)}
        />
        {props.control === 'password' && (
          <button
            type="button"
            class="reveal"
            hidden={props.frame.preview === undefined}
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

const identifierLabels: Readonly<Record<string, PhraseKey>> = {
  username: 'field.username',
  email: 'field.email',
  phone: 'field.phone',
  'email username': 'field.emailOrUsername',
  'phone username': 'field.phoneOrUsername',
  'email phone': 'field.emailOrPhone',
  'email phone username': 'field.anyIdentifier',
};
const missingIdentifiers: Readonly<Record<string, PhraseKey>> = {
  username: 'field.usernameMissing',
  email: 'field.emailMissing',
  phone: 'field.phoneMissing',
};

/** The one field that says who signs in, named after what it takes. */
export const IdentifierField = (
  props: Pick<FieldProps, 'frame' | 'value' | 'error' | 'focus' | 'isFixed'> & {
    identifiers: SignInView['identifiers'];
    /** Whether the browser may suggest passkeys in it. */
    passkeys?: boolean | undefined;
  },
) => {
  const key = [...props.identifiers].sort().join(' ');
  const control = key === 'email' || key === 'phone' ? key : 'identifier';
  return (
    <Field
      frame={props.frame}
      value={props.value}
      error={props.error}
      focus={props.focus ?? false}
      isFixed={props.isFixed}
      name="username"
      control={control}
      label={identifierLabels[key] ?? 'field.anyIdentifier'}
      missing={missingIdentifiers[key] ?? 'field.identifierMissing'}
      malformed={control === 'email' ? 'field.emailMalformed' : undefined}
      autocomplete={props.passkeys ? 'username webauthn' : 'username'}
    />
  );
};

/** Names the account of the new password for the password manager; without a name it is not sent. */
export const NameForPasswordManager = ({ username }: { username: string | undefined }) =>
  username === undefined ? null : <input type="text" autocomplete="username" value={username} readOnly hidden />;

type AddressForm = ForgotPasswordView['form'];
const addressFields = {
  email: { control: 'email', label: 'field.email', missing: 'field.emailMissing', autocomplete: 'email' },
  phone: { control: 'phone', label: 'field.phone', missing: 'field.phoneMissing', autocomplete: 'tel' },
  emailOrPhone: {
    control: 'identifier',
    label: 'field.emailOrPhone',
    missing: 'field.identifierMissing',
    autocomplete: 'username',
  },
} as const satisfies Record<AddressForm, Pick<FieldProps, 'control' | 'label' | 'missing' | 'autocomplete'>>;

/** A text whose numbers stay on one line. */
const unbroken = (text: string): string => text.replaceAll(/(?<=\d) (?=\d)/g, '\u00a0');

/**
 * The field for an email address or a phone number that a code goes to. A number needs its country code, so the field
 * says so.
 */
export const AddressField = (
  props: Pick<FieldProps, 'frame' | 'value' | 'error' | 'focus'> & { form: AddressForm },
) => (
  <>
    <Field
      {...props}
      {...addressFields[props.form]}
      name="address"
      malformed={props.form === 'email' ? 'field.emailMalformed' : undefined}
      hint={props.form === 'email' ? undefined : 'address-hint'}
    />
    {props.form !== 'email' && (
      <p class="hint" id="address-hint">
        {unbroken(phrase(props.frame.language, props.form === 'phone' ? 'field.phoneHint' : 'field.eitherHint'))}
      </p>
    )}
  </>
);

/**
 * A code of six digits: one field, so that pasting, autofill and screen readers work as usual, drawn as six boxes by
 * the style sheet. A page that asks for nothing else is ready to type into at once.
 */
export const CodeField = (props: Pick<FieldProps, 'frame' | 'error' | 'focus' | 'hint'> & { label?: PhraseKey }) => (
  <div class="code-field">
    <Field
      frame={props.frame}
      error={props.error}
      name="code"
      control="digits"
      label={props.label ?? 'field.code'}
      missing="field.codeMissing"
      malformed="field.codeMalformed"
      autocomplete="one-time-code"
      focus={props.focus ?? true}
      hint={props.hint}
      boxes={6}
    />
  </div>
);

/** The password rules in words, tied to the field by id. */
export const PasswordRules = ({ frame, rules }: { frame: PageFrame; rules: PasswordRule[] }) =>
  rules.length === 0 ? null : (
    <div class="rules" id="password-rules">
      <p>{phrase(frame.language, 'password.rulesTitle')}</p>
      <ul data-met={phrase(frame.language, 'password.met')}>
        {rules.map(({ text, check }) => (
          <li key={text} class={check && frame.preview ? 'live' : undefined} {...attributesOfCheck(check)}>
            {text}
          </li>
        ))}
      </ul>
    </div>
  );

/** What the island reads, which makes them `live`; without scripts the rules are a plain list. */
const attributesOfCheck = (check: PasswordRule['check']) => {
  if (check === undefined) return {};
  return 'minLength' in check ? { 'data-min-length': check.minLength } : { 'data-min-types': check.minTypes };
};

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

/** Something that was done a moment ago, or why the page asks: calm, unlike the alert. */
export const Notice = ({ sign, children }: { sign?: ComponentChildren; children: ComponentChildren }) => (
  <p class="notice" role="status">
    {sign ?? <Tick />}
    <span>{children}</span>
  </p>
);

/** The main button of a form; its busy state is switched by the island. */
export const Submit = ({ children, name, value }: { children: ComponentChildren; name?: string; value?: string }) => (
  <button type="submit" class="button primary" name={name} value={value}>
    <span class="button-label">{children}</span>
  </button>
);

/** A form that is nothing but a quiet button. */
export const PlainForm = (props: { frame: PageFrame; appId: string; path: string; label: PhraseKey }) => (
  <form class="plain-form" method="post" action={`${props.frame.basePath}${props.path}`}>
    <Hidden fields={{ app_id: props.appId }} />
    <button type="submit" class="button plain">
      <span class="button-label">{phrase(props.frame.language, props.label)}</span>
    </button>
  </form>
);

/** What a page shows where scripts are off; a preview shows the page as it is with them. */
export const WithoutScripts = ({ frame, children }: { frame: PageFrame; children: ComponentChildren }) =>
  frame.preview === undefined ? <noscript>{children}</noscript> : null;

/** The handle of the interaction that the page belongs to. */
export const InteractionHandle = createContext<string | undefined>(undefined);

/** Hidden fields of a form. One that says its application (`app_id`) also says its interaction. */
export const Hidden = ({ fields }: { fields: Record<string, string> }) => (
  <InteractionHandle.Consumer>
    {(interaction) =>
      Object.entries({
        ...fields,
        ...(interaction !== undefined && 'app_id' in fields ? { interaction } : {}),
      }).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)
    }
  </InteractionHandle.Consumer>
);
