/** The page on which the user proves to be the owner of the account, before a sensitive change. */
import type { AccountProof } from '@aldaba/contract/pages';
import { webAddress } from '../addresses.ts';
import { PasskeyForm } from '../factors/passkey.tsx';
import { CodeField, Field, NameForPasswordManager } from '../fields.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { SendAgain, WithAddress } from '../views/verification.tsx';
import { addressOf, Button, Form, Part, type ScreenOf, type ScreenProps } from './parts.tsx';

type Props = ScreenProps<ScreenOf<'proof'>>;

const names: Readonly<Record<AccountProof, PhraseKey>> = {
  password: 'field.password',
  authenticator: 'factor.totp',
  passkey: 'factor.webAuthn',
  email: 'factor.email',
  phone: 'factor.phone',
  signIn: 'account.signInAgain',
};

/** A code is sent on request, so that visiting the page sends no message. */
const SentCode = ({ frame, view, screen }: Props) => {
  const fields = { next: screen.next, method: screen.method };
  const address = screen.maskedAddress ?? '';
  const isSent = screen.resendAfter !== undefined;
  return (
    <>
      <p class="lead center">
        <WithAddress frame={frame} sentence={isSent ? 'code.lead' : 'secondFactor.willSend'} address={address} />
      </p>
      {isSent && (
        <Form frame={frame} path="/proof" fields={fields} submit="secondFactor.confirm">
          <CodeField frame={frame} error={view.error} />
        </Form>
      )}
      {isSent ? (
        <SendAgain frame={frame} path="/account/proof/send" fields={fields} after={screen.resendAfter} />
      ) : (
        <Button frame={frame} path="/proof/send" label="secondFactor.send" look="outlined" fields={fields} />
      )}
    </>
  );
};

const Way = (props: Props) => {
  const { frame, view, screen } = props;
  const fields = { next: screen.next, method: screen.method };
  switch (screen.method) {
    case 'password':
      return (
        <Form frame={frame} path="/proof" fields={fields} submit="secondFactor.confirm">
          <NameForPasswordManager username={screen.username} />
          <Field
            frame={frame}
            name="password"
            control="password"
            label="field.password"
            missing="field.passwordMissing"
            autocomplete="current-password"
            error={view.error}
            focus
          />
        </Form>
      );
    case 'authenticator':
      return (
        <Form frame={frame} path="/proof" fields={fields} submit="secondFactor.confirm">
          <CodeField frame={frame} error={view.error} label="bindTotp.code" />
        </Form>
      );
    case 'passkey':
      return screen.passkey ? (
        <PasskeyForm
          frame={frame}
          fields={{ ...fields, record: screen.passkey.recordId }}
          action={addressOf(frame, '/proof')}
          ceremony="get"
          options={screen.passkey.options}
        />
      ) : null;
    case 'signIn':
      return (
        <a class="button primary" href={webAddress(screen.signInUrl) ?? ''}>
          <span class="button-label">{phrase(frame.language, 'account.signInAgain')}</span>
        </a>
      );
    default:
      return <SentCode {...props} />;
  }
};

export const Proof = (props: Props) => {
  const { frame, view, screen } = props;
  return (
    <Part frame={frame} view={view} title="secondFactor.title" lead="account.proofLead">
      <Way {...props} />
      {screen.others.length > 0 && (
        <div class="asides">
          {screen.others.map((method) => (
            <a
              key={method}
              class="button plain"
              href={addressOf(frame, `/proof?${new URLSearchParams({ next: screen.next, method })}`)}
            >
              <span class="button-label">{phrase(frame.language, names[method])}</span>
            </a>
          ))}
        </div>
      )}
    </Part>
  );
};
