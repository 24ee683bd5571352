import type { OrganizationWithRoles } from '@aldaba/contract';
import {
  addOrganizationUsers,
  assignOrganizationRolesToUsers,
  replaceOrganizationUserRoles,
} from '@aldaba/contract/routes';
import { organizations, organizationUserRoles } from '../../api/choices.ts';
import { useChange } from '../../api/queries.ts';
import { CreateDialog } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { MultiPicker } from '../../patterns/picker.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { userPhrases } from './phrases.ts';

const alsoUsers = { also: ['/api/users'] };

/** Makes a user a member of organizations, with the same roles in each. */
export function AddToOrganization({ userId, onClose }: { userId: string; onClose: () => void }) {
  const t = userPhrases.use();
  const words = patternPhrases.use();
  const add = useChange(addOrganizationUsers, alsoUsers);
  const assign = useChange(assignOrganizationRolesToUsers, alsoUsers);
  const form = useForm<{ organizationIds: string[]; organizationRoleIds: string[] }>({
    values: { organizationIds: [], organizationRoleIds: [] },
    validate: ({ organizationIds: { length } }) => ({
      organizationIds: length > 0 ? undefined : words('form.required'),
    }),
    save: async ({ organizationIds, organizationRoleIds }) => {
      // Adding a member again changes nothing, so that what stopped halfway can be sent again.
      for (const id of organizationIds) {
        await add.mutateAsync({ params: { id }, body: { userIds: [userId] } });
        if (organizationRoleIds.length > 0)
          await assign.mutateAsync({ params: { id }, body: { userIds: [userId], organizationRoleIds } });
      }
    },
  });
  return (
    <CreateDialog
      isOpen
      onClose={onClose}
      title={t('organizations.add')}
      submitLabel={t('organizations.submit')}
      form={form}
    >
      <MultiPicker
        label={t('organizations.title')}
        source={organizations}
        data-autofocus
        {...form.input('organizationIds')}
      />
      <MultiPicker
        label={`${t('organizations.roles')} (${words('form.optional')})`}
        source={organizationUserRoles}
        {...form.input('organizationRoleIds')}
      />
    </CreateDialog>
  );
}

interface ChangeMemberProps {
  userId: string;
  organization: OrganizationWithRoles;
  onClose: () => void;
}

/** Changes the roles of a member. */
export function ChangeMember({ userId, organization, onClose }: ChangeMemberProps) {
  const t = userPhrases.use();
  const words = patternPhrases.use();
  const { id, name, organizationRoles } = organization;
  const replace = useChange(replaceOrganizationUserRoles, alsoUsers);
  const form = useForm({
    values: { organizationRoleIds: organizationRoles.map((role) => role.id) },
    save: (body) => replace.mutateAsync({ params: { id, userId }, body }),
  });
  return (
    <CreateDialog
      isOpen
      onClose={onClose}
      title={t('organizations.changeIn', { organization: name })}
      submitLabel={words('form.save')}
      form={form}
    >
      <MultiPicker
        label={t('organizations.roles')}
        source={organizationUserRoles}
        data-autofocus
        {...form.input('organizationRoleIds')}
      />
    </CreateDialog>
  );
}
