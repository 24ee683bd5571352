import { SegmentedControl } from '@mantine/core';
import type { Form } from '../../patterns/use-form.ts';
import classes from './fields.module.css';
import { accountCenterPhrases } from './phrases.ts';
import { type Control, controls, fieldNames, type Values } from './values.ts';

/** What users see of their account, and what they can change. */
export function Fields({ form }: { form: Form<Values> }) {
  const t = accountCenterPhrases.use();
  const { fields, enabled } = form.values;
  return (
    <ul className={classes.list} aria-label={t('fields.title')}>
      {fieldNames.map((name) => (
        <li key={name} className={classes.field} data-off={!enabled || fields[name] === 'Off' || undefined}>
          <div>
            <span className={classes.name}>{t(`fields.${name}`)}</span>
            <span className={classes.hint}>{t(`hints.${name}`)}</span>
          </div>
          <SegmentedControl
            size="xs"
            aria-label={t(`fields.${name}`)}
            value={fields[name]}
            onChange={(value) => form.set('fields', { ...fields, [name]: value as Control })}
            data={controls.map((value) => ({ value, label: t(`controls.${value}`) }))}
          />
        </li>
      ))}
    </ul>
  );
}
