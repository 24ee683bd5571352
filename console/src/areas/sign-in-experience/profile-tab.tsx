import type { ProfileField } from '@aldaba/contract';
import { deleteProfileField, listProfileFields, orderProfileFields } from '@aldaba/contract/routes';
import { Button, Checkbox, Skeleton, UnstyledButton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useItem } from '../../api/queries.ts';
import { ConfirmByName } from '../../patterns/danger-zone.tsx';
import { FormSection } from '../../patterns/form.tsx';
import { ReorderList } from '../../patterns/reorder-list.tsx';
import { FieldProblem } from './field-problem.tsx';
import classes from './lists.module.css';
import { experiencePhrases } from './phrases.ts';
import { ProfileFieldDialog } from './profile-field-dialog.tsx';
import { useSettings } from './settings.tsx';

/** What new users are asked for beside their identifier. */
export function ProfileTab() {
  const t = experiencePhrases.use();
  const { data: fields } = useItem(listProfileFields);
  return (
    <FormSection title={t('profile.title')} description={t('profile.detail')}>
      {fields ? <Fields fields={fields} /> : <Skeleton height={120} />}
    </FormSection>
  );
}

const also = ['/api/sign-in-exp'];

function Fields({ fields }: { fields: readonly ProfileField[] }) {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const order = useChange(orderProfileFields, { also });
  const remove = useChange(deleteProfileField, { also });
  const [edited, setEdited] = useState<ProfileField | 'new'>();
  const [doomed, setDoomed] = useState<ProfileField>();
  // What was just ordered is shown until the server has it.
  const shown =
    (order.isPending &&
      order.variables.body.order.flatMap(({ name }) => fields.find((field) => field.name === name) ?? [])) ||
    fields;
  const asked = form.values.signUpProfileFields;
  const isAsked = ({ name }: ProfileField) => asked === null || asked.some((field) => field.name === name);
  const ask = (inOrder: readonly ProfileField[], chosen: (field: ProfileField) => boolean) =>
    form.set(
      'signUpProfileFields',
      inOrder.filter(chosen).map(({ name }) => ({ name })),
    );
  const arrange = (next: readonly ProfileField[]) => {
    order.mutate({ body: { order: next.map(({ name }, sieOrder) => ({ name, sieOrder })) } });
    if (asked !== null) ask(next, isAsked);
  };
  return (
    <div className={classes.group}>
      <ReorderList
        label={t('profile.title')}
        items={shown}
        idOf={({ name }) => name}
        nameOf={(field) => field.label || field.name}
        onChange={arrange}
        onRemove={setDoomed}
      >
        {(field) => (
          <div className={classes.provider}>
            <UnstyledButton className={classes.words} onClick={() => setEdited(field)}>
              <span className={classes.name}>{field.label || field.name}</span>
              <span className={classes.hint}>
                {t(`profile.types.${field.type}`)}
                {field.required && ` · ${t('profile.required')}`}
              </span>
            </UnstyledButton>
            <Checkbox
              size="xs"
              label={t('profile.ask')}
              aria-label={`${field.label || field.name}: ${t('profile.ask')}`}
              checked={isAsked(field)}
              onChange={({ currentTarget: { checked } }) =>
                ask(shown, (each) => (each === field ? checked : isAsked(each)))
              }
            />
          </div>
        )}
      </ReorderList>
      {fields.length === 0 && <p className={classes.none}>{t('profile.none')}</p>}
      <FieldProblem of="signUpProfileFields" />
      <Button
        className={classes.add ?? ''}
        variant="default"
        size="xs"
        leftSection={<IconPlus size={16} stroke={1.5} />}
        onClick={() => setEdited('new')}
      >
        {t('profile.add')}
      </Button>
      {edited && (
        <ProfileFieldDialog field={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
      <ConfirmByName
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={t('profile.delete')}
        actionLabel={t('profile.delete')}
        name={doomed?.name ?? ''}
        action={() => remove.mutateAsync({ params: { name: doomed?.name ?? '' } })}
      >
        {t('profile.deleteDetail')}
      </ConfirmByName>
    </div>
  );
}
