import { Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyField } from './copy.tsx';
import { Dialog, DialogActions } from './dialog.tsx';

interface ShownOnceProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** What it is for, and that it is not shown again. */
  detail: ReactNode;
  label: string;
  value: string;
  actionLabel: string;
}

/** Shows what the server tells only once: a password, a token, a link. */
export function ShownOnce({ isOpen, onClose, title, detail, label, value, actionLabel }: ShownOnceProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title}>
      <Text mb="md">{detail}</Text>
      <CopyField label={label} name={label} value={value} />
      <DialogActions>
        <Button onClick={onClose} data-autofocus>
          {actionLabel}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
