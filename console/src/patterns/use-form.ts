import { type UseFormReturnType, useForm as useMantineForm } from '@mantine/form';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type FieldsByCode, type Refusal, refusalOf } from '../api/errors.ts';

interface FormOptions<Values> {
  /** What the server has; a new value replaces what the form shows, unless it has unsaved changes. */
  values: Values;
  /** Messages by field for what is wrong before anything is sent. */
  validate?: (values: Values) => Partial<Record<string, string | undefined>>;
  /** Sends the values; rejects with the server's refusal. */
  save: (values: Values) => Promise<unknown>;
  /** The field of refusals whose code names one. */
  fieldsByCode?: FieldsByCode;
  /** Reads a refusal that only this form understands; undefined leaves it to the rules for all forms. */
  readRefusal?: (error: unknown) => Refusal | undefined;
  /** Paths of members of members that have inputs of their own, e.g. `color.primaryColor`. */
  inputs?: readonly string[];
}

export interface Form<Values> {
  /** Props of an input by its field: `form.input('name')`. */
  input: UseFormReturnType<Values>['getInputProps'];
  values: Values;
  set: UseFormReturnType<Values>['setFieldValue'];
  /** Fields with unsaved changes. */
  changes: number;
  isSaving: boolean;
  /** What the server refused and no field shows. */
  refusal: Refusal | undefined;
  discard: () => void;
  /** Whether nothing is wrong before sending; shows what is, and moves to it. */
  check: () => boolean;
  /** Validates and saves; resolves to whether the values are saved now. */
  submit: () => Promise<boolean>;
}

/**
 * A form over values of the server: unsaved changes, validation in place, refusals at their fields. Members of the
 * values are the form's fields; a member may be a list or an object.
 */
export function useForm<Values extends Record<string, unknown>>(options: FormOptions<Values>): Form<Values> {
  const { values: saved, validate, save, fieldsByCode, readRefusal, inputs = [] } = options;
  const [isSaving, setSaving] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const form = useMantineForm<Values>({
    initialValues: saved,
    ...(validate && {
      validate: (values: Values) =>
        Object.fromEntries(Object.entries(validate(values)).filter(([, message]) => message)) as never,
    }),
    validateInputOnBlur: true,
  });
  const changes = Object.keys(form.values).filter((name) => !isEqual(form.values[name], saved[name])).length;
  const savedText = JSON.stringify(saved);
  const lastSaved = useRef(saved);
  // What was saved last: the server may write it in another way, e.g. without blanks at its ends.
  const sent = useRef<Values>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows what the server has, not the form.
  useEffect(() => {
    const next = follow(form.values, {
      before: lastSaved.current,
      sent: isSaving ? form.values : sent.current,
      now: saved,
    });
    lastSaved.current = saved;
    if (isEqual(next, saved)) reset(saved);
    else form.setValues(next);
  }, [savedText]);
  const reset = useCallback(
    (values: Values) => {
      form.setInitialValues(values);
      form.setValues(values);
      form.clearErrors();
      setRefusal(undefined);
    },
    [form.setInitialValues, form.setValues, form.clearErrors],
  );
  const check = () => {
    const found = form.validate();
    if (found.hasErrors) focusField(Object.keys(found.errors)[0]);
    return !found.hasErrors;
  };
  const submit = async () => {
    if (!check()) return false;
    setSaving(true);
    setRefusal(undefined);
    try {
      await save(form.values);
      sent.current = form.values;
      form.setInitialValues(form.values);
      return true;
    } catch (error) {
      const fields = [...Object.keys(form.values), ...inputs];
      const refused = readRefusal?.(error) ?? refusalOf(error, fields, fieldsByCode);
      form.setErrors(refused.fields);
      setRefusal(refused);
      focusField(Object.keys(refused.fields)[0]);
      return false;
    } finally {
      setSaving(false);
    }
  };
  const discard = useMemo(() => () => reset(saved), [reset, saved]);
  return {
    input: form.getInputProps,
    values: form.values,
    set: form.setFieldValue,
    changes,
    isSaving,
    refusal: refusal?.message === undefined ? undefined : refusal,
    discard,
    check,
    submit,
  };
}

/**
 * The values of a form once the server has others: members with unsaved changes stay. The server's answer to what was
 * sent replaces them as well, but only where it is news: one save may be several requests.
 */
function follow<Values extends Record<string, unknown>>(
  values: Values,
  { before, sent, now }: { before: Values; sent: Values | undefined; now: Values },
): Values {
  const news = Object.keys(now).filter((name) => !isEqual(now[name], before[name]));
  const taken = news.filter((name) => isEqual(values[name], before[name]) || isEqual(values[name], sent?.[name]));
  return { ...values, ...Object.fromEntries(taken.map((name) => [name, now[name]])) };
}

const isEqual = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Moves to the first field with an error, once its message is shown. */
function focusField(path: string | undefined): void {
  if (path === undefined) return;
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus());
}
