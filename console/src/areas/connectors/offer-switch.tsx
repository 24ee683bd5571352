import { Switch } from '@mantine/core';
import { useState } from 'react';
import { type Refusal, refusalOf } from '../../api/errors.ts';
import { RefusalAlert } from '../../patterns/form.tsx';
import { useIsReadOnly } from '../../session/administrator.ts';
import { useOffered } from './kinds.ts';
import classes from './offer-switch.module.css';
import { connectorPhrases } from './phrases.ts';

/** Whether the sign-in page shows the button of a provider. It is saved at once. */
export function OfferSwitch({ target, name }: { target: string; name: string }) {
  const t = connectorPhrases.use();
  const { settings, isOffered, isChanging, setOffered } = useOffered();
  const isReadOnly = useIsReadOnly();
  const [refusal, setRefusal] = useState<Refusal>();
  const change = async (isOn: boolean) => {
    setRefusal(undefined);
    try {
      await setOffered(target, isOn);
    } catch (error) {
      setRefusal(refusalOf(error, []));
    }
  };
  return (
    <div className={classes.box}>
      <Switch
        label={t('offer.label')}
        description={t('offer.help', { name })}
        labelPosition="left"
        checked={isOffered(target)}
        disabled={!settings || isChanging || isReadOnly}
        onChange={(event) => void change(event.currentTarget.checked)}
        classNames={{ body: classes.body ?? '' }}
      />
      <RefusalAlert refusal={refusal} />
    </div>
  );
}
