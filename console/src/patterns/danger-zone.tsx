import { Button, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useIsReadOnly } from '../session/administrator.ts';
import { useConfirmation } from './confirm-dialog.tsx';
import classes from './danger-zone.module.css';
import { Dialog, DialogActions } from './dialog.tsx';
import { RefusalAlert } from './form.tsx';
import { patternPhrases } from './phrases.ts';

interface DangerZoneProps {
  /** What the action does and what is lost. */
  title: string;
  detail: string;
  /** Label of the button, e.g. "Delete application". */
  actionLabel: string;
  /** Has to be typed to confirm. */
  name: string;
  action: () => Promise<unknown>;
}

/** The last section of a page: what cannot be undone. */
export function DangerZone({ title, detail, actionLabel, name, action }: DangerZoneProps) {
  const t = patternPhrases.use();
  const [isOpen, setOpen] = useState(false);
  if (useIsReadOnly()) return null;
  return (
    <section className={classes.zone}>
      <h2 className={classes.heading}>{t('danger.title')}</h2>
      <div className={classes.row}>
        <div className={classes.words}>
          <div className={classes.title}>{title}</div>
          <Text fz="sm" c="dimmed">
            {detail}
          </Text>
        </div>
        <Button variant="outline" color="red" onClick={() => setOpen(true)}>
          {actionLabel}
        </Button>
      </div>
      <ConfirmByName
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={title}
        actionLabel={actionLabel}
        name={name}
        action={action}
      >
        {detail}
      </ConfirmByName>
    </section>
  );
}

interface ConfirmByNameProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  actionLabel: string;
  name: string;
  action: () => Promise<unknown>;
  children: ReactNode;
}

/** A dialog that does what cannot be undone once the name has been typed. */
export function ConfirmByName({ isOpen, onClose, title, actionLabel, name, action, children }: ConfirmByNameProps) {
  const t = patternPhrases.use();
  const [typed, setTyped] = useState('');
  const { isBusy, refusal, close, confirm } = useConfirmation(action, () => {
    setTyped('');
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (typed === name) void confirm();
  };
  return (
    <Dialog isOpen={isOpen} onClose={close} title={title}>
      <form onSubmit={submit}>
        <Text mb="md">{children}</Text>
        <TextInput
          data-autofocus
          label={t('danger.confirm', { name })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
        />
        <RefusalAlert refusal={refusal} />
        <DialogActions>
          <Button variant="default" onClick={close}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" color="red" disabled={typed !== name} loading={isBusy}>
            {actionLabel}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
