import type { PageFrame, SetupDoneView, SetupView } from '@aldaba/contract';
import { Alert, Field, Hidden, Submit } from '../fields.tsx';
import { phrase } from '../phrases/index.ts';
import { NewCredentials } from './entry.tsx';
import { Heading } from './parts.tsx';

export const Setup = ({ frame, view }: { frame: PageFrame; view: SetupView }) => (
  <>
    <Heading text={phrase(frame.language, 'setup.title')} lead={phrase(frame.language, 'setup.lead')} />
    <Alert error={view.error} />
    <form class="main-form" method="post" action={`${frame.basePath}/setup`}>
      <Hidden fields={{ token: view.token }} />
      <NewCredentials frame={frame} view={view} asks={['username', 'password']} />
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
      <Submit>{phrase(frame.language, 'setup.submit')}</Submit>
    </form>
  </>
);

export const SetupDone = ({ frame, view }: { frame: PageFrame; view: SetupDoneView }) => (
  <Heading
    text={phrase(frame.language, 'setupDone.title')}
    lead={phrase(frame.language, 'setupDone.lead', { username: view.username })}
  />
);
