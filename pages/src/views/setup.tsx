import type { PageFrame, SetupView } from '@aldaba/contract/pages';
import { webAddress } from '../addresses.ts';
import { PasskeySetup } from '../factors/passkey.tsx';
import { Alert, Field, Hidden, IdentifierField, Submit } from '../fields.tsx';
import { Onward, Person } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Portrait } from './consent.tsx';
import { NewCredentials, retypingError } from './entry.tsx';
import { Heading, LeftToRight } from './parts.tsx';

export const Setup = ({ frame, view: given }: { frame: PageFrame; view: SetupView }) => {
  const error = retypingError(frame, given.error);
  const view: SetupView = { ...given, ...(error ? { error } : {}) };
  const { invitation } = view;
  if (invitation?.account)
    return <Accept frame={frame} view={view} invitation={invitation} account={invitation.account} />;
  return (
    <>
      <Heading {...headingOf(frame, view)} />
      <Alert error={view.error} />
      <form class="main-form" method="post" action={`${frame.basePath}/setup`}>
        <Hidden fields={{ token: view.token }} />
        <IdentifierField
          frame={frame}
          identifiers={invitation?.email === undefined ? ['username', 'email'] : ['email']}
          isFixed={invitation?.email !== undefined}
          value={view.identifier}
          error={view.error}
          focus={view.error?.field === 'username'}
        />
        <NewCredentials frame={frame} view={view} asks={['password']} />
        <Field
          frame={frame}
          name="confirmPassword"
          control="password"
          label="field.confirmPassword"
          missing="field.confirmMissing"
          autocomplete="new-password"
          error={view.error}
          focus={view.error?.field === 'confirmPassword'}
          repeats="password"
        />
        <Submit>{phrase(frame.language, invitation ? 'setup.accept' : 'setup.submit')}</Submit>
      </form>
      <PasskeySetup frame={frame} view={view} />
      {invitation && (
        <p class="switch">
          {phrase(frame.language, 'setup.haveAccount')}{' '}
          <a href={webAddress(invitation.signInUrl) ?? ''}>{phrase(frame.language, 'setup.signInToAccept')}</a>
        </p>
      )}
    </>
  );
};

type Invitation = NonNullable<SetupView['invitation']>;

/** For a colleague who is signed in: accepting takes one click. */
const Accept = ({
  frame,
  view,
  invitation,
  account,
}: {
  frame: PageFrame;
  view: SetupView;
  invitation: Invitation;
  account: NonNullable<Invitation['account']>;
}) => {
  const t = (key: PhraseKey) => phrase(frame.language, key, { name: account.name });
  return (
    <>
      <Heading {...headingOf(frame, view)} />
      <Alert error={view.error} />
      <ul class="ways">
        <li>
          <form method="post" action={`${frame.basePath}/setup`}>
            <Hidden fields={{ token: view.token, account: account.id }} />
            <button type="submit" class="way">
              <Portrait image={account.avatar} name={account.name} shape="round" />
              <span>
                <span class="way-name">{t('setup.acceptAs')}</span>
                {account.detail !== undefined && (
                  <small>
                    <LeftToRight>{account.detail}</LeftToRight>
                  </small>
                )}
              </span>
              <Onward />
            </button>
          </form>
        </li>
        <li>
          <a class="way" href={webAddress(invitation.signInUrl) ?? ''}>
            <Person />
            <span>
              <span class="way-name">{t('chooseAccount.other')}</span>
            </span>
            <Onward />
          </a>
        </li>
      </ul>
      <p class="switch">
        {t('setup.noAccount')}{' '}
        <a href={`${frame.basePath}/setup?${new URLSearchParams({ token: view.token, account: 'new' })}`}>
          {t('setup.accept')}
        </a>
      </p>
    </>
  );
};

/** What the account will be good for. */
function headingOf({ language }: PageFrame, { invitation }: SetupView) {
  if (!invitation) return { text: phrase(language, 'setup.title'), lead: phrase(language, 'setup.lead') };
  const name = invitation.tenantName;
  return {
    text: phrase(language, 'setup.joinTitle', { name }),
    lead: phrase(language, invitation.role === 'full' ? 'setup.joinLead' : 'setup.joinReadingLead'),
  };
}

/** Where to go from here. */
const Next = ({ frame }: { frame: PageFrame }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const places: [path: string, name: PhraseKey, lead: PhraseKey][] = [
    ['/demo-app', 'welcome.demo', 'welcome.demoLead'],
    ['/api/reference', 'welcome.reference', 'welcome.referenceLead'],
    ['/oidc/.well-known/openid-configuration', 'welcome.discovery', 'welcome.discoveryLead'],
    ['/api/status/ready', 'welcome.health', 'welcome.healthLead'],
  ];
  return (
    <ul class="ways">
      {places.map(([path, name, lead]) => (
        <li key={path}>
          <a class="way" href={`${frame.basePath}${path}`}>
            <span>
              <span class="way-name">{t(name)}</span>
              <small>{t(lead)}</small>
            </span>
            <Onward />
          </a>
        </li>
      ))}
    </ul>
  );
};

export const Welcome = ({ frame }: { frame: PageFrame }) => (
  <>
    <Heading text={phrase(frame.language, 'welcome.title')} lead={phrase(frame.language, 'welcome.lead')} />
    <Next frame={frame} />
  </>
);
