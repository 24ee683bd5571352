import { Checkbox, Group, MultiSelect, Select, Switch } from '@mantine/core';
import { useInboxKinds } from '../../api/inbox.ts';
import { useTenant } from '../../api/queries.ts';
import { FormSection } from '../../patterns/form.tsx';
import { FieldProblem } from './field-problem.tsx';
import { experiencePhrases } from './phrases.ts';
import { useSettings } from './settings.tsx';
import { SignInMethods } from './sign-in-methods.tsx';
import {
  choiceOf,
  chooseIdentifiers,
  choosePassword,
  type IdentifierChoice,
  identifierChoices,
  secondaryClashes,
} from './sign-up.ts';
import { SocialButtons } from './social-buttons.tsx';
import type { Values } from './values.ts';

/** How users sign up and sign in. */
export function MethodsTab() {
  const t = experiencePhrases.use();
  return (
    <>
      <FormSection title={t('signUp.title')} description={t('signUp.detail')}>
        <SignUp />
      </FormSection>
      <FormSection title={t('signIn.title')} description={t('signIn.detail')}>
        <SignInMethods />
        <Recovery />
      </FormSection>
      <FormSection title={t('passkeys.title')} description={t('passkeys.detail')}>
        <Passkeys />
      </FormSection>
      <FormSection title={t('social.title')} description={t('social.detail')}>
        <SocialButtons />
      </FormSection>
    </>
  );
}

const modes = ['SignInAndRegister', 'SignIn', 'Register'] as const;
const secondaries = ['username', 'email', 'phone', 'emailOrPhone'] as const;

function SignUp() {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const { signUp } = form.values;
  return (
    <>
      <Select
        label={t('signUp.mode')}
        allowDeselect={false}
        data={modes.map((value) => ({ value, label: t(`signUp.modes.${value}`) }))}
        {...form.input('signInMode')}
      />
      <Identifier />
      <MultiSelect
        label={t('signUp.secondary')}
        description={t('signUp.secondaryHelp')}
        placeholder={signUp.secondaryIdentifiers.length === 0 ? t('signUp.nothing') : ''}
        data={secondaries
          .filter((value) => !secondaryClashes(value, signUp.identifiers))
          .map((value) => ({ value, label: t(`identifiers.${value}`) }))}
        value={signUp.secondaryIdentifiers.map(({ identifier }) => identifier)}
        onChange={(values) =>
          form.set('signUp', {
            ...signUp,
            secondaryIdentifiers: secondaries
              .filter((each) => values.includes(each))
              .map((identifier) => ({ identifier, verify: identifier !== 'username' })),
          })
        }
      />
      <FieldProblem of="signUp" />
    </>
  );
}

/** The identifier of new accounts with what belongs to it: a password, and the proof of an address. */
function Identifier() {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const { signUp, signIn } = form.values;
  const { identifiers } = signUp;
  const apply = (chosen: Pick<Values, 'signUp' | 'signIn'>) => {
    form.set('signUp', chosen.signUp);
    form.set('signIn', chosen.signIn);
  };
  const choice = choiceOf(identifiers);
  const named = (Object.keys(identifierChoices) as IdentifierChoice[]).map((value) => ({
    value: value as string,
    label: t(`identifiers.${value}`),
  }));
  const combined = { value: 'other', label: identifiers.map((each) => t(`identifiers.${each}`)).join(' + ') };
  const hasUsername = identifiers.includes('username');
  return (
    <>
      <Select
        label={t('signUp.identifier')}
        description={t(choice === 'none' ? 'signUp.noneHelp' : 'signUp.identifierHelp')}
        allowDeselect={false}
        data={choice ? named : [...named, combined]}
        value={choice ?? combined.value}
        onChange={(value) => {
          const chosen = value && identifierChoices[value as IdentifierChoice];
          if (chosen) apply(chooseIdentifiers({ signUp, signIn }, chosen));
        }}
      />
      {identifiers.length > 0 && (
        <Checkbox
          label={t('signUp.password')}
          description={t(hasUsername ? 'signUp.passwordNeeded' : 'signUp.passwordHelp')}
          checked={signUp.password}
          disabled={hasUsername && signUp.password}
          onChange={({ currentTarget }) => apply(choosePassword({ signUp, signIn }, currentTarget.checked))}
        />
      )}
      {identifiers.some((identifier) => identifier !== 'username') && (
        <Checkbox
          label={t('signUp.verify')}
          description={t('signUp.verifyHelp')}
          checked={signUp.verify}
          disabled={signUp.verify}
          onChange={({ currentTarget }) => form.set('signUp', { ...signUp, verify: currentTarget.checked })}
        />
      )}
    </>
  );
}

const recoveries = { EmailVerificationCode: 'Email', PhoneVerificationCode: 'Sms' } as const;
type Recovery = keyof typeof recoveries;

/** How a forgotten password is replaced. Until it is chosen, with every address that codes can be sent to. */
function Recovery() {
  const t = experiencePhrases.use();
  const { form, connectors } = useSettings();
  const inboxKinds = useInboxKinds(useTenant());
  const methods = Object.keys(recoveries) as Recovery[];
  const senders: readonly string[] = [...connectors.map(({ type }) => type), ...inboxKinds];
  const chosen = form.values.forgotPasswordMethods ?? methods.filter((method) => senders.includes(recoveries[method]));
  if (!form.values.signIn.methods.some(({ password }) => password)) return null;
  return (
    <Checkbox.Group
      label={t('recovery.title')}
      description={t('recovery.detail')}
      value={[...chosen]}
      onChange={(values) =>
        form.set(
          'forgotPasswordMethods',
          methods.filter((method) => values.includes(method)),
        )
      }
    >
      <Group gap="8px 24px" my={8}>
        {methods.map((method) => (
          <Checkbox key={method} value={method} label={t(`recovery.${method}`)} />
        ))}
      </Group>
      <FieldProblem of="forgotPasswordMethods" />
    </Checkbox.Group>
  );
}

const passkeyWays = ['showPasskeyButton', 'allowAutofill'] as const;

/** Passkeys as a way in. Switching them on shows them in both ways, unless these were chosen before. */
function Passkeys() {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const { passkeySignIn } = form.values;
  const isChosen = passkeyWays.some((way) => passkeySignIn[way]);
  return (
    <>
      <Switch
        label={t('passkeys.enabled')}
        description={t('passkeys.enabledHelp')}
        checked={passkeySignIn.enabled}
        onChange={({ currentTarget: { checked: enabled } }) =>
          form.set('passkeySignIn', {
            ...passkeySignIn,
            ...(enabled && !isChosen ? { showPasskeyButton: true, allowAutofill: true } : {}),
            enabled,
          })
        }
      />
      {passkeyWays.map((way) => (
        <Switch
          key={way}
          label={t(`passkeys.${way}`)}
          description={t(`passkeys.${way}Help`)}
          checked={passkeySignIn.enabled && passkeySignIn[way]}
          disabled={!passkeySignIn.enabled}
          onChange={({ currentTarget }) =>
            form.set('passkeySignIn', { ...passkeySignIn, [way]: currentTarget.checked })
          }
        />
      ))}
      <FieldProblem of="passkeySignIn" />
    </>
  );
}
