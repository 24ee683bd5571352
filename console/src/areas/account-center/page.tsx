import type { AccountCenter } from '@aldaba/contract';
import { getAccountCenter, updateAccountCenter } from '@aldaba/contract/routes';
import { Button, Switch, TextInput } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useChange, useItem, useTenant } from '../../api/queries.ts';
import { brandProblems } from '../../patterns/brand-problems.ts';
import { changedMembers } from '../../patterns/changed-members.ts';
import { FormSection, SettingsForm } from '../../patterns/form.tsx';
import { Page } from '../../patterns/page.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { TextListInput } from '../../patterns/text-list-input.tsx';
import { type Form, useForm } from '../../patterns/use-form.ts';
import { numberProblem, WholeNumber } from '../../patterns/whole-number.tsx';
import { baseUrlOf } from '../../settings.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { Deletions } from './deletions.tsx';
import { Fields } from './fields.tsx';
import classes from './page.module.css';
import { accountCenterPhrases } from './phrases.ts';
import { ProfileFields } from './profile-fields.tsx';
import { bodyOf, graceLimits, type Values, valuesOf } from './values.ts';

/** What users see and change of their own account, and the accounts that they asked to delete. */
export function AccountCenterPage() {
  const t = accountCenterPhrases.use();
  const tenant = useTenant();
  const { data, error, refetch } = useItem(getAccountCenter);
  if (error && !data) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!data) return <PendingPage />;
  const open = (
    <Button
      component="a"
      variant="default"
      href={`${baseUrlOf(tenant)}/account`}
      target="_blank"
      rel="noreferrer"
      leftSection={<IconExternalLink size={16} stroke={1.5} />}
    >
      {t('open')}
    </Button>
  );
  return (
    <Page title={t('title')} description={t('detail')} tool={data.enabled ? open : undefined}>
      <Settings saved={data} />
      <div className={classes.deletions}>
        <Deletions />
      </div>
    </Page>
  );
}

function Settings({ saved }: { saved: AccountCenter }) {
  const t = accountCenterPhrases.use();
  const words = patternPhrases.use();
  const { link } = brandProblems(words);
  const update = useChange(updateAccountCenter);
  const values = valuesOf(saved);
  const form = useForm<Values>({
    values,
    validate: (given) => ({
      deletionGraceDays: numberProblem(given.deletionGraceDays, graceLimits, words),
      deleteAccountUrl: link(given.deleteAccountUrl),
    }),
    save: (given) => update.mutateAsync({ body: changedMembers(bodyOf(given), bodyOf(values)) }),
  });
  return (
    <SettingsForm form={form}>
      <FormSection title={t('access.title')} description={t('access.detail')}>
        <Switch
          label={t('access.enabled')}
          description={t('access.enabledHelp')}
          {...form.input('enabled', { type: 'checkbox' })}
        />
        <Fields form={form} />
      </FormSection>
      <ProfileFields form={form} />
      <Deletion form={form} />
      <FormSection title={t('passkeys.title')} description={t('passkeys.detail')}>
        <TextListInput
          label={t('passkeys.webauthnRelatedOrigins')}
          placeholder="https://shop.example.com"
          problemOf={(origin) => link(origin.trim())}
          {...form.input('webauthnRelatedOrigins')}
        />
      </FormSection>
    </SettingsForm>
  );
}

function Deletion({ form }: { form: Form<Values> }) {
  const t = accountCenterPhrases.use();
  const words = patternPhrases.use();
  const { deletionGraceDays } = form.values;
  return (
    <FormSection title={t('deletion.title')} description={t('deletion.detail')}>
      <Switch
        label={t('deletion.allowed')}
        description={t('deletion.allowedHelp')}
        checked={deletionGraceDays !== ''}
        onChange={({ currentTarget }) => form.set('deletionGraceDays', currentTarget.checked ? usualGrace : '')}
      />
      {deletionGraceDays !== '' && (
        <WholeNumber
          label={t('deletion.deletionGraceDays')}
          description={t('deletion.deletionGraceDaysHelp')}
          limits={graceLimits}
          {...form.input('deletionGraceDays')}
        />
      )}
      <TextInput
        type="url"
        label={`${t('deletion.deleteAccountUrl')} (${words('form.optional')})`}
        description={t('deletion.deleteAccountUrlHelp')}
        placeholder="https://example.com/delete-account"
        {...form.input('deleteAccountUrl')}
      />
    </FormSection>
  );
}

/** Days that are offered first. */
const usualGrace = 30;
