import { ShownOnce } from '../../patterns/shown-once.tsx';
import { userPhrases } from './phrases.ts';

interface PasswordDialogProps {
  title: string;
  /** Undefined while the dialog is closed. */
  password: string | undefined;
  actionLabel: string;
  onClose: () => void;
}

/** Shows a generated password once. */
export function PasswordDialog({ title, password, actionLabel, onClose }: PasswordDialogProps) {
  const t = userPhrases.use();
  return (
    <ShownOnce
      isOpen={password !== undefined}
      onClose={onClose}
      title={title}
      detail={t('created.detail')}
      label={t('created.password')}
      value={password ?? ''}
      actionLabel={actionLabel}
    />
  );
}
