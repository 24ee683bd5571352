import type { SignInExperience } from '@aldaba/contract';
import { getSignInExperience, updateSignInExperience } from '@aldaba/contract/routes';
import { useChange, useItem } from '../../api/queries.ts';
import { changedMembers } from '../../patterns/changed-members.ts';
import { SettingsForm } from '../../patterns/form.tsx';
import { readNested } from '../../patterns/nested-refusal.ts';
import { Page } from '../../patterns/page.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { useForm } from '../../patterns/use-form.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { Attempts } from './attempts.tsx';
import { CaptchaForm } from './captcha-form.tsx';
import { EmailAddresses } from './email-addresses.tsx';
import { Passwords } from './passwords.tsx';
import { securityPhrases } from './phrases.ts';
import { Usernames } from './usernames.tsx';
import { bodyOf, inputs, problemsOf, type Values, valuesOf } from './values.ts';

/** One section a file, in their order on the page. */
const sections = { Passwords, Attempts, Usernames, EmailAddresses };

/** What protects accounts: passwords, limits on attempts, rules for usernames and addresses, and the captcha. */
export function SecurityPage() {
  const t = securityPhrases.use();
  const { data, error, refetch } = useItem(getSignInExperience);
  if (error && !data) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!data) return <PendingPage />;
  return (
    <Page title={t('title')} description={t('detail')}>
      <Settings saved={data} />
      <CaptchaForm />
    </Page>
  );
}

function Settings({ saved }: { saved: SignInExperience }) {
  const t = securityPhrases.use();
  const words = patternPhrases.use();
  const update = useChange(updateSignInExperience);
  const values = valuesOf(saved);
  const form = useForm<Values>({
    values,
    validate: (given) => problemsOf(given, words, t('usernames.noStart')),
    readRefusal: readNested(inputs),
    inputs,
    fieldsByCode: {
      'sign_in_experiences.username_policy_case_conflicts_exist': 'usernamePolicy.caseSensitive',
    },
    save: (given) => update.mutateAsync({ body: changedMembers(bodyOf(given), bodyOf(values)) }),
  });
  return (
    <SettingsForm form={form}>
      {Object.entries(sections).map(([name, Section]) => (
        <Section key={name} form={form} />
      ))}
    </SettingsForm>
  );
}
