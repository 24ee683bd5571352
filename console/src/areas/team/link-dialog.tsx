import type { BodyFrom } from '@aldaba/contract/client';
import type { createTeamInvitation } from '@aldaba/contract/routes';
import { useFormat } from '../../language/format.ts';
import { ShownOnce } from '../../patterns/shown-once.tsx';
import { teamPhrases } from './phrases.ts';

export type CreatedInvitation = BodyFrom<typeof createTeamInvitation>;

/** Shows the link of a new invitation once. */
export function LinkDialog({ created, onClose }: { created: CreatedInvitation | undefined; onClose: () => void }) {
  const t = teamPhrases.use();
  const format = useFormat();
  const { delivery = 'none', invitation, link = '' } = created ?? {};
  const date = format.date(invitation?.expiresAt ?? 0);
  return (
    <ShownOnce
      isOpen={created !== undefined}
      onClose={onClose}
      title={t('created.title')}
      detail={t(`created.${delivery}`, { email: invitation?.email ?? '', date })}
      label={t('created.link')}
      value={link}
      actionLabel={t('created.done')}
    />
  );
}
