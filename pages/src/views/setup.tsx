import type { PageFrame, SetupView } from '@aldaba/contract/pages';
import { Alert, Field, Hidden, IdentifierField, Submit } from '../fields.tsx';
import { Onward } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { NewCredentials, retypingError } from './entry.tsx';
import { Heading } from './parts.tsx';

export const Setup = ({ frame, view: given }: { frame: PageFrame; view: SetupView }) => {
  const error = retypingError(frame, given.error);
  const view: SetupView = { ...given, ...(error ? { error } : {}) };
  return (
    <>
      <Heading {...headingOf(frame, view)} />
      <Alert error={view.error} />
      <form class="main-form" method="post" action={`${frame.basePath}/setup`}>
        <Hidden fields={{ token: view.token }} />
        <IdentifierField
          frame={frame}
          identifiers={['username', 'email']}
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
        <Submit>{phrase(frame.language, view.invitation ? 'setup.accept' : 'setup.submit')}</Submit>
      </form>
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
