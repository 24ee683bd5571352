import { Button, Group, Text } from '@mantine/core';
import { CopyField } from '../../patterns/copy.tsx';
import { Dialog } from '../../patterns/dialog.tsx';
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
    <Dialog isOpen={password !== undefined} onClose={onClose} title={title}>
      <Text mb="md">{t('created.detail')}</Text>
      <CopyField label={t('created.password')} name={t('created.password')} value={password ?? ''} />
      <Group justify="flex-end" mt={24}>
        <Button onClick={onClose} data-autofocus>
          {actionLabel}
        </Button>
      </Group>
    </Dialog>
  );
}
