import type { User } from '@aldaba/contract';
import { deleteUser, updateUser } from '@aldaba/contract/routes';
import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useChange, useTenant } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';
import { CodeEditor } from '../../patterns/code-editor.tsx';
import { DangerZone } from '../../patterns/danger-zone.tsx';
import { FormSection, SettingsForm } from '../../patterns/form.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { userPhrases } from './phrases.ts';
import { identifierFields, identifierProblems, phoneDigits } from './problems.ts';
import classes from './profile.module.css';

const claims = [
  'givenName',
  'familyName',
  'middleName',
  'nickname',
  'preferredUsername',
  'birthdate',
  'gender',
  'zoneinfo',
  'locale',
  'website',
  'profile',
] as const;
type Claim = (typeof claims)[number];
const helped = { birthdate: 'birthdateHelp', zoneinfo: 'zoneinfoHelp', locale: 'localeHelp' } as const;

const claimsOf = (profile: User['profile']) =>
  Object.fromEntries(claims.map((claim) => [claim, String(profile[claim] ?? '')])) as Record<Claim, string>;

const valuesOf = ({ name, username, primaryEmail, primaryPhone, avatar, profile, customData }: User) => ({
  name: name ?? '',
  username: username ?? '',
  primaryEmail: primaryEmail ?? '',
  primaryPhone: primaryPhone ?? '',
  avatar: avatar ?? '',
  ...claimsOf(profile),
  customData: JSON.stringify(customData, null, 2),
});
type Values = ReturnType<typeof valuesOf>;

/** The claims of the form; members that it does not show, such as the address, stay as they are. */
const profileOf = (values: Values, { profile }: User): User['profile'] => {
  const shown = claims.map((claim) => [claim, values[claim].trim()] as const);
  const others = Object.entries(profile).filter(([name]) => !claims.some((claim) => claim === name));
  return Object.fromEntries([...others, ...shown.filter(([, value]) => value !== '')]);
};

export function UserProfile({ user }: { user: User }) {
  const t = userPhrases.use();
  const tenant = useTenant();
  const navigate = useNavigate();
  const update = useChange(updateUser);
  const remove = useChange(deleteUser);
  const params = { userId: user.id };
  const form = useForm({
    values: valuesOf(user),
    fieldsByCode: identifierFields,
    validate: (values) => ({
      ...identifierProblems({ ...values, primaryPhone: phoneDigits(values.primaryPhone) }, t),
      avatar: !values.avatar || /^https?:\/\/./i.test(values.avatar) ? undefined : t('problems.avatar'),
      customData: jsonProblem(values.customData, t),
    }),
    save: (values) =>
      update.mutateAsync({
        params,
        body: {
          name: values.name.trim() || null,
          username: values.username.trim() || null,
          primaryEmail: values.primaryEmail.trim() || null,
          primaryPhone: phoneDigits(values.primaryPhone) || null,
          avatar: values.avatar.trim() || null,
          profile: profileOf(values, user),
          customData: JSON.parse(values.customData),
        },
      }),
  });
  const deleteAndLeave = async () => {
    await remove.mutateAsync({ params });
    await navigate({ to: '/t/$tenant/users', params: { tenant } });
  };
  return (
    <>
      <SettingsForm form={form}>
        <FormSection title={t('sections.account')} description={t('sections.accountDetail')}>
          <TextInput label={t('fields.name')} {...form.input('name')} />
          <TextInput label={t('fields.username')} autoCapitalize="none" {...form.input('username')} />
          <TextInput label={t('fields.primaryEmail')} type="email" {...form.input('primaryEmail')} />
          <TextInput
            label={t('fields.primaryPhone')}
            description={t('fields.primaryPhoneHelp')}
            type="tel"
            {...form.input('primaryPhone')}
          />
          <TextInput label={t('fields.avatar')} description={t('fields.avatarHelp')} {...form.input('avatar')} />
        </FormSection>
        <FormSection title={t('sections.profile')} description={t('sections.profileDetail')}>
          <div className={classes.grid}>
            {claims.map((claim) => (
              <TextInput
                key={claim}
                label={t(`fields.${claim}`)}
                description={claim in helped ? t(`fields.${helped[claim as keyof typeof helped]}`) : undefined}
                {...form.input(claim)}
              />
            ))}
          </div>
        </FormSection>
        <FormSection title={t('sections.customData')} description={t('sections.customDataDetail')}>
          <CodeEditor
            label={t('fields.customData')}
            language="json"
            height={200}
            value={form.values.customData}
            onChange={(text) => form.set('customData', text)}
            error={form.input('customData').error ?? jsonProblem(form.values.customData, t)}
          />
        </FormSection>
      </SettingsForm>
      <DangerZone
        title={t('actions.delete')}
        detail={t('actions.deleteDetail')}
        actionLabel={t('actions.delete')}
        name={nameOfUser(user)}
        action={deleteAndLeave}
      />
    </>
  );
}

function jsonProblem(text: string, t: ReturnType<typeof userPhrases.use>): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? undefined : t('problems.object');
  } catch (error) {
    return t('problems.json', { reason: (error as Error).message });
  }
}
