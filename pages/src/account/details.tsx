/** What the account has: profile, picture, identifiers, password and language. */
import { AddressField, CodeField, Field, NameForPasswordManager, Submit } from '../fields.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Questions } from '../questions.tsx';
import { Portrait } from '../views/consent.tsx';
import { NewCredentials } from '../views/entry.tsx';
import { LeftToRight } from '../views/parts.tsx';
import { SendAgain, WithAddress } from '../views/verification.tsx';
import { addressOf, Button, Form, Part, type ScreenOf, type ScreenProps } from './parts.tsx';

const Picture = ({ frame, view, screen }: ScreenProps<ScreenOf<'profile'>>) => {
  const { avatar } = screen;
  if (!avatar) return null;
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const error = view.error?.field === 'file' ? view.error : undefined;
  return (
    <div class="picture">
      <Portrait image={avatar.address} name={screen.initial} shape="round" />
      {avatar.isEditable && (
        <form method="post" action={addressOf(frame, '/avatar')} enctype="multipart/form-data">
          <div class="field">
            <label for="file">{t('account.picture')}</label>
            <input
              type="file"
              id="file"
              name="file"
              accept="image/png,image/jpeg,image/gif,image/webp"
              required
              aria-invalid={error ? 'true' : undefined}
              aria-describedby="file-error"
              data-missing={t('profile.missing')}
              autofocus={error !== undefined}
            />
            <p class="field-error" id="file-error" hidden={!error} data-code={error?.code}>
              {error?.message}
            </p>
          </div>
          <button type="submit" class="button outlined">
            <span class="button-label">{t('account.upload')}</span>
          </button>
        </form>
      )}
      {avatar.isEditable && avatar.address !== undefined && (
        <Button frame={frame} path="/avatar/remove" label="account.removePicture" look="plain" />
      )}
    </div>
  );
};

export const Profile = ({ frame, view, screen }: ScreenProps<ScreenOf<'profile'>>) => (
  <Part frame={frame} view={view} title="account.profile">
    <Picture frame={frame} view={view} screen={screen} />
    {screen.questions.length > 0 && (
      <Form frame={frame} path="/profile" submit={screen.isEditable ? 'account.save' : undefined}>
        <fieldset class="bare" disabled={!screen.isEditable}>
          <legend class="visually-hidden">{phrase(frame.language, 'account.profile')}</legend>
          <Questions frame={frame} questions={screen.questions} error={view.error} />
        </fieldset>
      </Form>
    )}
  </Part>
);

export const Username = ({ frame, view, screen }: ScreenProps<ScreenOf<'username'>>) => (
  <Part frame={frame} view={view} title="field.username">
    <Form frame={frame} path="/username" submit={screen.isEditable ? 'account.save' : undefined}>
      <Field
        frame={frame}
        name="username"
        control="identifier"
        label="field.username"
        missing="field.usernameMissing"
        autocomplete="username"
        value={screen.value}
        error={view.error}
        isFixed={!screen.isEditable}
        focus={view.error?.field === 'username'}
      />
    </Form>
  </Part>
);

const leadOf = ({ type, isChangeable, isOfCompany }: ScreenOf<'address'>): PhraseKey | undefined => {
  if (isOfCompany) return 'account.companyLead';
  return isChangeable ? (type === 'email' ? 'account.emailLead' : 'account.phoneLead') : undefined;
};

export const Address = ({ frame, view, screen }: ScreenProps<ScreenOf<'address'>>) => {
  const { type, value, isEditable } = screen;
  const isEmail = type === 'email';
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <Part frame={frame} view={view} title={isEmail ? 'field.email' : 'field.phone'} lead={leadOf(screen)}>
      {(value !== undefined || !screen.isChangeable) && (
        <div class="account">
          <span class="account-label">{t('account.current')}</span>
          <strong>{value === undefined ? t('account.none') : <LeftToRight>{value}</LeftToRight>}</strong>
        </div>
      )}
      {screen.isChangeable && (
        <Form frame={frame} path={`/${type}`} submit="forgot.submit">
          <AddressField
            frame={frame}
            form={type}
            value={screen.typedAddress}
            error={view.error}
            focus={view.error !== undefined}
          />
        </Form>
      )}
      {isEditable && value !== undefined && (
        <Button frame={frame} path={`/${type}/remove`} label="account.remove" look="plain" about={value} />
      )}
    </Part>
  );
};

export const AddressCode = ({ frame, view, screen }: ScreenProps<ScreenOf<'address-code'>>) => {
  const isEmail = screen.type === 'email';
  return (
    <Part
      frame={frame}
      view={view}
      title={isEmail ? 'code.emailTitle' : 'code.phoneTitle'}
      lead={<WithAddress frame={frame} sentence="code.lead" address={screen.address} />}
      back={`/${screen.type}`}
    >
      <Form frame={frame} path={`/${screen.type}/code`} submit="account.save">
        <CodeField frame={frame} error={view.error} />
      </Form>
      <div class="asides">
        <p class="hint">{phrase(frame.language, isEmail ? 'code.emailMissing' : 'code.phoneMissing')}</p>
        <SendAgain frame={frame} path={`/account/${screen.type}/code/again`} after={screen.resendAfter} />
      </div>
    </Part>
  );
};

export const Password = ({ frame, view, screen }: ScreenProps<ScreenOf<'password'>>) => (
  <Part
    frame={frame}
    view={view}
    title={screen.hasPassword ? 'reset.title' : 'field.newPassword'}
    lead="account.passwordLead"
  >
    <Form frame={frame} path="/password" submit="account.save">
      <NameForPasswordManager username={screen.username} />
      <NewCredentials
        frame={frame}
        view={{ passwordRules: screen.passwordRules, ...(view.error ? { error: view.error } : {}) }}
        asks={['password']}
      />
    </Form>
  </Part>
);

/** Each in its own words, so that it is found whatever the page is in. */
export const Language = ({ frame, view, screen }: ScreenProps<ScreenOf<'language'>>) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <Part frame={frame} view={view} title="account.language" lead="account.languageLead">
      <form class="main-form" method="post" action={addressOf(frame, '/language')}>
        <fieldset class="bare">
          <legend class="visually-hidden">{t('account.language')}</legend>
          {[{ tag: '', name: t('account.browserLanguage') }, ...screen.languages].map(({ tag, name }) => (
            <div class="check" key={tag}>
              <input type="radio" id={`language-${tag}`} name="language" value={tag} checked={tag === screen.value} />
              <label for={`language-${tag}`} lang={tag || undefined}>
                {name}
              </label>
            </div>
          ))}
        </fieldset>
        <Submit>{t('account.save')}</Submit>
      </form>
    </Part>
  );
};
