import { Alert, Button, Text, VisuallyHidden } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconAlertCircle } from '@tabler/icons-react';
import { useBlocker } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Refusal } from '../api/errors.ts';
import { useIsReadOnly } from '../session/administrator.ts';
import { Dialog, DialogActions } from './dialog.tsx';
import classes from './form.module.css';
import { patternPhrases } from './phrases.ts';
import type { Form } from './use-form.ts';

interface SettingsFormProps<Values> {
  form: Form<Values>;
  /** Address below `/t/<tenant>/` whose pages share the form: going from one to another loses nothing. */
  within?: string;
  /** Sections (`FormSection`). */
  children: ReactNode;
}

/** Settings of a page: sections, and a bar to save or discard as soon as something changed. */
export function SettingsForm<Values>({ form, within, children }: SettingsFormProps<Values>) {
  const save = (event?: FormEvent) => {
    event?.preventDefault();
    if (form.changes > 0 && !form.isSaving) void form.submit();
  };
  useHotkeys([['mod+S', () => save()]], [], true);
  return (
    <form className={classes.form} onSubmit={save} noValidate>
      {children}
      <SaveBar form={form} />
      <LeaveGuard isDirty={form.changes > 0 && !form.isSaving} within={within} />
    </form>
  );
}

function SaveBar<Values>({ form }: { form: Form<Values> }) {
  const t = patternPhrases.use();
  const [wasDirty, setWasDirty] = useState(false);
  if (form.changes > 0 && !wasDirty) setWasDirty(true);
  return (
    <div className={classes.dock}>
      <RefusalAlert refusal={form.refusal} />
      {form.changes > 0 && (
        <div className={classes.bar}>
          <Text fz="sm" c="dimmed">
            {t('form.changes', { count: form.changes })}
          </Text>
          <div className={classes.buttons}>
            <Button variant="default" size="sm" onClick={form.discard} disabled={form.isSaving}>
              {t('form.discard')}
            </Button>
            <Button type="submit" size="sm" loading={form.isSaving}>
              {t('form.save')}
            </Button>
          </div>
        </div>
      )}
      <VisuallyHidden role="status">
        {wasDirty && form.changes === 0 && !form.refusal ? t('form.saved') : ''}
      </VisuallyHidden>
    </div>
  );
}

/** What the server refused, with the id under which its log has the request. */
export function RefusalAlert({ refusal }: { refusal: Refusal | undefined }) {
  const t = patternPhrases.use();
  if (!refusal?.message) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={18} stroke={1.5} />} role="alert">
      {refusal.message}
      {refusal.requestId && (
        <Text fz="xs" c="dimmed" mt={4}>
          {t('form.requestId', { id: refusal.requestId })}
        </Text>
      )}
    </Alert>
  );
}

/** Asks before unsaved changes are lost, in the Console and when the tab is closed. */
export function LeaveGuard({ isDirty, within }: { isDirty: boolean; within?: string | undefined }) {
  const t = patternPhrases.use();
  const { proceed, reset, status } = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isDirty &&
      current.pathname !== next.pathname &&
      !(within && new RegExp(`^/t/[^/]+/${within}/`).test(next.pathname)),
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  return (
    <Dialog isOpen={status === 'blocked'} onClose={() => reset?.()} title={t('form.leaveTitle')}>
      <Text>{t('form.leaveDetail')}</Text>
      <DialogActions>
        <Button variant="default" onClick={() => reset?.()} data-autofocus>
          {t('form.stay')}
        </Button>
        <Button color="red" onClick={() => proceed?.()}>
          {t('form.leave')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface FormSectionProps {
  title: string;
  description?: ReactNode;
  /** There is nothing to change in it, but something to copy. */
  isReference?: boolean;
  children: ReactNode;
}

/** A part of a form. Colleagues who only read cannot change its inputs, and see none of its buttons. */
export function FormSection({ title, description, isReference = false, children }: FormSectionProps) {
  const isReadOnly = useIsReadOnly();
  return (
    <section className={classes.section}>
      <h2 className={classes.heading}>{title}</h2>
      {description && <p className={classes.description}>{description}</p>}
      <fieldset className={`${classes.inputs} ${classes.fields}`} disabled={isReadOnly && !isReference}>
        {children}
      </fieldset>
    </section>
  );
}

interface CreateDialogProps<Values> {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** Label of the button that creates. */
  submitLabel: string;
  form: Form<Values>;
  children: ReactNode;
}

/** A dialog with the least fields that make a working thing; it closes when they are saved, and opens without them. */
export function CreateDialog<Values>(props: CreateDialogProps<Values>) {
  const { isOpen, onClose, title, submitLabel, form, children } = props;
  const t = patternPhrases.use();
  const close = () => {
    form.discard();
    onClose();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // The form around the dialog, in React's tree, is not submitted with it.
    event.stopPropagation();
    if (await form.submit()) close();
  };
  return (
    <Dialog isOpen={isOpen} onClose={close} title={title}>
      <form onSubmit={submit} noValidate>
        <div className={classes.fields}>{children}</div>
        <div className={classes.refusal}>
          <RefusalAlert refusal={form.refusal} />
        </div>
        <DialogActions>
          <Button variant="default" onClick={close}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={form.isSaving}>
            {submitLabel}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
