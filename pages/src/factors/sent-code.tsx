/** Codes that are sent to an address of the account. */
import { CodeField, Hidden, Submit } from '../fields.tsx';
import { Letter, Phone } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { SendAgain, WithAddress } from '../views/verification.tsx';
import { CodeForm, type FactorPage, type FactorProps } from './factor.tsx';

const isSent = ({ resendAfter }: FactorProps['view']): boolean => resendAfter !== undefined;

/** A sent code. The user requests it first, so that visiting the page does not send a message. */
const SentCode = (props: FactorProps) => {
  const { frame, view } = props;
  const send = `/mfa-verification/${view.factor}/send`;
  if (isSent(view)) {
    return (
      <>
        <CodeForm {...props}>
          <CodeField frame={frame} error={view.error} />
        </CodeForm>
        <div class="asides">
          <SendAgain frame={frame} path={send} fields={{ app_id: view.appId }} after={view.resendAfter} />
        </div>
      </>
    );
  }
  return (
    <form class="main-form" method="post" action={`${frame.basePath}${send}`}>
      <Hidden fields={{ app_id: view.appId }} />
      <Submit>{phrase(frame.language, 'secondFactor.send')}</Submit>
    </form>
  );
};

const sentCode = (own: Pick<FactorPage, 'Icon' | 'name' | 'lead'>, unknownAddress: PhraseKey): FactorPage => ({
  ...own,
  Lead: ({ frame, view }) => (
    <WithAddress
      frame={frame}
      sentence={isSent(view) ? 'code.lead' : 'secondFactor.willSend'}
      address={view.maskedAddress ?? phrase(frame.language, unknownAddress)}
    />
  ),
  Form: (props) => <SentCode {...props} />,
  hasField: isSent,
  script: 'form.js',
});

export const emailCode = sentCode(
  { Icon: Letter, name: 'factor.email', lead: 'factor.emailLead' },
  'secondFactor.yourEmail',
);
export const phoneCode = sentCode(
  { Icon: Phone, name: 'factor.phone', lead: 'factor.phoneLead' },
  'secondFactor.yourPhone',
);
