/** Pages on which a user signs in with their company, and the button that leads there. */
import type { PageFrame, SingleSignOnConnectorsView, SingleSignOnView } from '@aldaba/contract/pages';
import { imageAddress, pageLink } from '../addresses.ts';
import { AddressField, Alert, Hidden, Submit } from '../fields.tsx';
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
        <LeftToRight key={part.place}>
          <strong>{address}</strong>
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
