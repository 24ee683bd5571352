import { listTeamMembers } from '@aldaba/contract/routes';
import { IconEye } from '@tabler/icons-react';
import { useItem } from '../api/queries.ts';
import { shellPhrases } from './phrases.ts';
import classes from './read-only-notice.module.css';

/** Above every page, for colleagues who change nothing: whom to ask. */
export default function ReadOnlyNotice() {
  const t = shellPhrases.use();
  const members = useItem(listTeamMembers).data ?? [];
  const names = members.flatMap(({ role, name, username, email }) =>
    role === 'full' ? (name ?? username ?? email ?? []) : [],
  );
  return (
    <p className={classes.notice}>
      <IconEye size={18} stroke={1.5} aria-hidden />
      <span>
        {names.length > 0 ? t('readOnly.ask', { names: names.slice(0, 3).join(', ') }) : t('readOnly.detail')}
      </span>
    </p>
  );
}
