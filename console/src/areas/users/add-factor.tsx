import { createUserMfaVerification } from '@aldaba/contract/routes';
import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { type Refusal, refusalOf } from '../../api/errors.ts';
import { useChange } from '../../api/queries.ts';
import { CodeBlock } from '../../patterns/code-block.tsx';
import { CopyField } from '../../patterns/copy.tsx';
import { Dialog, DialogActions } from '../../patterns/dialog.tsx';
import { RefusalAlert } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import classes from './factors.module.css';
import { userPhrases } from './phrases.ts';

export type AddableFactor = 'Totp' | 'BackupCode';

interface AddFactorProps {
  userId: string;
  type: AddableFactor;
  onClose: () => void;
}

/** Adds an authenticator app or backup codes to a user, and shows once what the user needs of them. */
export function AddFactor({ userId, type, onClose }: AddFactorProps) {
  const t = userPhrases.use();
  const words = patternPhrases.use();
  const create = useChange(createUserMfaVerification);
  const [refusal, setRefusal] = useState<Refusal>();
  const add = () =>
    create
      .mutateAsync({ params: { userId }, body: { type } })
      .catch((error: unknown) => setRefusal(refusalOf(error, [])));
  const added = create.data;
  return (
    <Dialog isOpen onClose={onClose} title={t(`factors.${added ? 'added' : 'adding'}.${type}`)}>
      <Text mb="md">{t(`factors.${added ? 'addedDetail' : 'addingDetail'}.${type}`)}</Text>
      {added?.type === 'Totp' && (
        <>
          <img src={added.secretQrCode} alt={t('factors.qr')} className={classes.qr} />
          <CopyField label={t('factors.secret')} name={t('factors.secret')} value={added.secret} />
        </>
      )}
      {added?.type === 'BackupCode' && <CodeBlock name={t('factors.codes')} code={added.codes.join('\n')} />}
      <RefusalAlert refusal={refusal} />
      <DialogActions>
        {!added && (
          <Button variant="default" onClick={onClose}>
            {words('form.cancel')}
          </Button>
        )}
        <Button onClick={added ? onClose : () => void add()} loading={create.isPending} data-autofocus>
          {t(added ? 'actions.done' : 'factors.create')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
