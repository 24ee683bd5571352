import { Button, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { type Refusal, refusalOf } from '../api/errors.ts';
import { Dialog, DialogActions } from './dialog.tsx';
import { RefusalAlert } from './form.tsx';
import { patternPhrases } from './phrases.ts';

interface ConfirmDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  actionLabel: string;
  /** Something is lost or stops working. */
  isDangerous?: boolean;
  action: () => Promise<unknown>;
  /** What the action does. */
  children: ReactNode;
}

/** Asks before an action that can be undone or repeated; what cannot be undone asks for the name (`ConfirmByName`). */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, onClose, title, actionLabel, isDangerous = false, action, children } = props;
  const t = patternPhrases.use();
  const { isBusy, refusal, close, confirm } = useConfirmation(action, onClose);
  return (
    <Dialog isOpen={isOpen} onClose={close} title={title}>
      <Text mb="md">{children}</Text>
      <RefusalAlert refusal={refusal} />
      <DialogActions>
        <Button variant="default" onClick={close} data-autofocus>
          {t('form.cancel')}
        </Button>
        <Button {...(isDangerous && { color: 'red' })} loading={isBusy} onClick={() => void confirm()}>
          {actionLabel}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** Does what was asked about, closes, and keeps the refusal if there is one. */
export function useConfirmation(action: () => Promise<unknown>, onClose: () => void) {
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const close = () => {
    setRefusal(undefined);
    onClose();
  };
  const confirm = async () => {
    setBusy(true);
    try {
      await action();
      close();
    } catch (error) {
      setRefusal(refusalOf(error, []));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, refusal, close, confirm };
}
