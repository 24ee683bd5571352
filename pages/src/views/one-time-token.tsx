/** A link that the operator made for an email address was opened: the button signs in with it. */
import type { OneTimeTokenView, PageFrame } from '@aldaba/contract/pages';
import { pageLink } from '../addresses.ts';
import { Alert, Hidden, Submit } from '../fields.tsx';
import { phrase } from '../phrases/index.ts';
import { TermsCheckbox, TermsNotice } from '../terms.tsx';
import { Heading } from './parts.tsx';
import { WithAddress } from './verification.tsx';

export const OneTimeToken = ({ frame, view }: { frame: PageFrame; view: OneTimeTokenView }) => {
  const { appId, email, token, terms, error } = view;
  return (
    <>
      <Heading
        text={phrase(frame.language, 'signIn.title', { name: frame.branding.name })}
        lead={<WithAddress frame={frame} sentence="link.lead" address={email} />}
      />
      <Alert error={error} focus />
      {token !== undefined && (
        <>
          <form class="main-form" method="post" action={`${frame.basePath}/one-time-token`}>
            <Hidden fields={{ app_id: appId, login_hint: email, one_time_token: token }} />
            {terms === 'checkbox' && <TermsCheckbox frame={frame} id="terms" error={error} />}
            <Submit>
              <WithAddress frame={frame} sentence="link.submit" address={email} />
            </Submit>
          </form>
          <TermsNotice frame={frame} terms={terms} />
        </>
      )}
      <p class="switch">
        <a href={pageLink(frame, '/sign-in', appId)}>{phrase(frame.language, 'link.otherWay')}</a>
      </p>
    </>
  );
};
