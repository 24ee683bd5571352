/** Pages on which a user signs in with their company, and the button that leads there. */
import type {
  PageFrame,
  SingleSignOnConnectorsView,
  SingleSignOnPasswordView,
  SingleSignOnView,
} from '@aldaba/contract/pages';
import { imageAddress, pageLink } from '../addresses.ts';
import { Captcha } from '../captcha.tsx';
import { AddressField, Alert, Field, Hidden, IdentifierField, Submit } from '../fields.tsx';
import { Building } from '../icons.tsx';
import { type PhraseKey, phrase, phraseParts } from '../phrases/index.ts';
import { mediaOf } from '../preview.ts';
import { TermsCheckbox, TermsNotice } from '../terms.tsx';
import { Heading, LeftToRight } from './parts.tsx';

/** Below the other ways of the first page. @param divides whether a line with “or” stands above it */
export const SingleSignOnLink = (props: { frame: PageFrame; appId: string; divides: boolean }) => {
  const { frame, appId, divides } = props;
  return (
    <div class="single-sign-on">
      {divides && (
        <p class="divider">
          <span>{phrase(frame.language, 'social.or')}</span>
        </p>
      )}
      <a class="button outlined" href={pageLink(frame, '/single-sign-on/email', appId)}>
        <Building />
        <span class="button-label">{phrase(frame.language, 'sso.button')}</span>
      </a>
    </div>
  );
};

const Back = ({ frame, appId }: { frame: PageFrame; appId: string }) => (
  <p class="switch">
    <a href={pageLink(frame, '/sign-in', appId)}>{phrase(frame.language, 'forgot.back')}</a>
  </p>
);

export const SingleSignOn = ({ frame, view }: { frame: PageFrame; view: SingleSignOnView }) => {
  const { appId, error } = view;
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading text={t('sso.title')} lead={t('sso.lead')} />
      <Alert error={error} />
      <form class="main-form" method="post" action={`${frame.basePath}/single-sign-on/email`}>
        <Hidden fields={{ app_id: appId }} />
        <AddressField frame={frame} form="email" value={view.typedAddress} error={error} focus />
        {view.terms === 'checkbox' && <TermsCheckbox frame={frame} id="terms" error={error} />}
        <Submit>{t('continue.submit')}</Submit>
      </form>
      <TermsNotice frame={frame} terms={view.terms} />
      <Back frame={frame} appId={appId} />
    </>
  );
};

/** The sentence with the address, which stands out. */
const Lead = ({ frame, address }: { frame: PageFrame; address: string }) => (
  <>
    {phraseParts(frame.language, 'sso.chooseLead').map((part) =>
      typeof part === 'string' ? (
        part
      ) : (
        <LeftToRight key={part.place} strong>
          {address}
        </LeftToRight>
      ),
    )}
  </>
);

type Choice = SingleSignOnConnectorsView['connectors'][number];

const Logo = ({ frame, choice }: { frame: PageFrame; choice: Choice }) => {
  const dark = frame.branding.isDarkModeEnabled ? imageAddress(choice.logoDark) : undefined;
  return (
    <picture class="social-logo">
      {dark !== undefined && <source srcset={dark} media={mediaOf(frame, 'dark')} />}
      <img src={imageAddress(choice.logo)} alt="" width="22" height="22" />
    </picture>
  );
};

/** One form with a button for each service, so that one checkbox for the terms belongs to all. */
export const SingleSignOnConnectors = ({ frame, view }: { frame: PageFrame; view: SingleSignOnConnectorsView }) => {
  const { appId, error, address } = view;
  return (
    <>
      <Heading
        text={phrase(frame.language, 'sso.chooseTitle')}
        lead={address === undefined ? undefined : <Lead frame={frame} address={address} />}
      />
      <Alert error={error} focus />
      <form class="main-form" method="post" action={`${frame.basePath}/single-sign-on/connectors`}>
        <Hidden fields={{ app_id: appId }} />
        {view.terms === 'checkbox' && <TermsCheckbox frame={frame} id="terms" error={error} />}
        {view.connectors.map((choice) => (
          <button key={choice.id} type="submit" name="connector" value={choice.id} class="button outlined">
            <Logo frame={frame} choice={choice} />
            <span class="button-label">{phrase(frame.language, 'social.continueWith', { name: choice.name })}</span>
          </button>
        ))}
      </form>
      <TermsNotice frame={frame} terms={view.terms} />
      <Back frame={frame} appId={appId} />
    </>
  );
};

/** Who signs in: known from the page before, or asked for here. */
const Who = ({ frame, view }: { frame: PageFrame; view: SingleSignOnPasswordView }) =>
  view.identifier === undefined ? null : (
    <p class="identifier">
      <span id="identifier">
        <LeftToRight>{view.identifier}</LeftToRight>
      </span>
      <a href={pageLink(frame, '/single-sign-on/email', view.appId)} aria-describedby="identifier">
        {phrase(frame.language, 'signInPassword.change')}
      </a>
    </p>
  );

/** The company has no sign-in page of its own: its directory checks the password that is entered here. */
export const SingleSignOnPassword = ({ frame, view }: { frame: PageFrame; view: SingleSignOnPasswordView }) => {
  const { appId, error, identifier, connector } = view;
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading
        text={phrase(frame.language, 'signIn.title', { name: connector.name })}
        lead={phrase(frame.language, 'sso.passwordLead', { name: connector.name })}
      />
      <Who frame={frame} view={view} />
      <Alert error={error} />
      <form class="main-form" method="post" action={`${frame.basePath}/single-sign-on/password`}>
        <Hidden fields={{ app_id: appId, connector: connector.id }} />
        {identifier === undefined ? (
          <IdentifierField
            frame={frame}
            identifiers={['email', 'username']}
            value={view.username}
            error={error}
            focus={view.username === undefined}
          />
        ) : (
          <input type="text" name="username" autocomplete="username" value={identifier} readOnly hidden />
        )}
        <Field
          frame={frame}
          name="password"
          control="password"
          label="field.password"
          missing="field.passwordMissing"
          autocomplete="current-password"
          error={error}
          focus={identifier !== undefined || view.username !== undefined}
        />
        {view.terms === 'checkbox' && <TermsCheckbox frame={frame} id="terms" error={error} />}
        <Captcha frame={frame} challenge={view.captcha} />
        <Submit>{t('signIn.submit')}</Submit>
      </form>
      <Back frame={frame} appId={appId} />
    </>
  );
};
