import type { TeamMember } from '@aldaba/contract/routes';
import { changeTeamMember } from '@aldaba/contract/routes';
import { useChange } from '../../api/queries.ts';
import { CreateDialog } from '../../patterns/form.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { nameOfMember } from './member-name.ts';
import { teamPhrases } from './phrases.ts';
import { RoleChoice } from './role-choice.tsx';

/** @param member undefined while the dialog is closed */
export function ChangeAccess({ member, onClose }: { member: TeamMember | undefined; onClose: () => void }) {
  const t = teamPhrases.use();
  const change = useChange(changeTeamMember);
  const form = useForm({
    values: { role: member?.role ?? 'full' },
    save: ({ role }) => change.mutateAsync({ params: { id: member?.id ?? '' }, body: { role } }),
    fieldsByCode: { 'team.last_administrator': 'role' },
  });
  return (
    <CreateDialog
      isOpen={member !== undefined}
      onClose={onClose}
      title={t('change.title', { name: member ? nameOfMember(member) : '' })}
      submitLabel={t('change.save')}
      form={form}
    >
      <RoleChoice label={t('columns.access')} input={form.input('role')} />
    </CreateDialog>
  );
}
