import type { SignInExperience } from '@aldaba/contract';
import { getSignInExperience, updateSignInExperience } from '@aldaba/contract/routes';
import { Checkbox, Select, Stack, Switch } from '@mantine/core';
import { useChange, useItem } from '../../api/queries.ts';
import { changedMembers } from '../../patterns/changed-members.ts';
import { FormSection, SettingsForm } from '../../patterns/form.tsx';
import { readNested } from '../../patterns/nested-refusal.ts';
import { Page } from '../../patterns/page.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { type Form, useForm } from '../../patterns/use-form.ts';
import { numberProblem, WholeNumber } from '../../patterns/whole-number.tsx';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { multiFactorPhrases } from './phrases.ts';
import {
  bodyOf,
  dayLimits,
  factorNames,
  inputs,
  policies,
  shownPolicy,
  type Values,
  valuesOf,
  withFactors,
} from './values.ts';

/** Second factors: which there are, who needs one, and when it is asked for. */
export function MultiFactorPage() {
  const t = multiFactorPhrases.use();
  const { data, error, refetch } = useItem(getSignInExperience);
  if (error && !data) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!data) return <PendingPage />;
  return (
    <Page title={t('title')} description={t('detail')}>
      <Settings saved={data} />
    </Page>
  );
}

function Settings({ saved }: { saved: SignInExperience }) {
  const t = multiFactorPhrases.use();
  const words = patternPhrases.use();
  const update = useChange(updateSignInExperience);
  const values = valuesOf(saved);
  const form = useForm<Values>({
    values,
    validate: ({ trustedDevice: { validPeriodDays: days } }) => ({
      'trustedDevice.validPeriodDays': days === '' ? words('form.required') : numberProblem(days, dayLimits, words),
    }),
    readRefusal: readNested(inputs),
    inputs,
    fieldsByCode: {
      'sign_in_experiences.backup_code_cannot_be_enabled_alone': 'mfa.factors',
      'sign_in_experiences.email_verification_code_cannot_be_used_for_mfa': 'mfa.factors',
      'sign_in_experiences.phone_verification_code_cannot_be_used_for_mfa': 'mfa.factors',
      'sign_in_experiences.enabled_connector_not_found': 'mfa.factors',
    },
    save: (given) => update.mutateAsync({ body: changedMembers(bodyOf(given), bodyOf(values)) }),
  });
  return (
    <SettingsForm form={form}>
      <FormSection title={t('factors.title')} description={t('factors.detail')}>
        <Factors form={form} />
      </FormSection>
      <FormSection title={t('policy.title')} description={t('policy.detail')}>
        <Policy form={form} />
      </FormSection>
      <FormSection title={t('occasions.title')} description={t('occasions.detail')}>
        <Occasions form={form} />
      </FormSection>
    </SettingsForm>
  );
}

function Factors({ form }: { form: Form<Values> }) {
  const t = multiFactorPhrases.use();
  const { error } = form.input('mfa.factors');
  return (
    <Checkbox.Group
      label={t('factors.title')}
      labelProps={{ display: 'none' }}
      error={error}
      tabIndex={-1}
      data-path="mfa.factors"
      value={form.values.mfa.factors}
      onChange={(chosen) => {
        const next = withFactors(form.values, chosen);
        form.set('mfa', next.mfa);
        form.set('adaptiveMfa', next.adaptiveMfa);
        form.set('trustedDevice', next.trustedDevice);
      }}
    >
      <Stack gap={16} mb={error ? 8 : 0}>
        {factorNames.map((name) => (
          <Checkbox key={name} value={name} label={t(`factors.${name}`)} description={t(`factors.${name}Help`)} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

const organizationPolicies = ['NoPrompt', 'Mandatory'] as const;

function Policy({ form }: { form: Form<Values> }) {
  const t = multiFactorPhrases.use();
  const { mfa } = form.values;
  return (
    <>
      <Select
        label={t('policy.policy')}
        allowDeselect={false}
        data={policies.map((value) => ({ value, label: t(`policies.${value}`) }))}
        {...form.input('mfa.policy')}
        value={shownPolicy(mfa.policy)}
      />
      <Select
        label={t('policy.organizations')}
        description={t('policy.organizationsHelp')}
        allowDeselect={false}
        data={organizationPolicies.map((value) => ({ value, label: t(`organizationPolicies.${value}`) }))}
        {...form.input('mfa.organizationRequiredMfaPolicy')}
      />
    </>
  );
}

function Occasions({ form }: { form: Form<Values> }) {
  const t = multiFactorPhrases.use();
  const { mfa, trustedDevice } = form.values;
  const hasNone = mfa.factors.length === 0;
  return (
    <>
      <Switch
        label={t('occasions.adaptive')}
        description={t(hasNone ? 'occasions.needsFactor' : 'occasions.adaptiveHelp')}
        disabled={hasNone}
        {...form.input('adaptiveMfa.enabled', { type: 'checkbox' })}
      />
      <Switch
        label={t('occasions.trusted')}
        description={t(hasNone ? 'occasions.needsFactor' : 'occasions.trustedHelp')}
        disabled={hasNone}
        {...form.input('trustedDevice.enabled', { type: 'checkbox' })}
      />
      {trustedDevice.enabled && (
        <WholeNumber
          label={t('occasions.days')}
          description={t('occasions.daysHelp')}
          limits={dayLimits}
          {...form.input('trustedDevice.validPeriodDays')}
        />
      )}
    </>
  );
}
