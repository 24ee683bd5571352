import type { MfaVerification, User } from '@aldaba/contract';
import { deleteUserMfaVerification, listUserMfaVerifications } from '@aldaba/contract/routes';
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDeviceMobile, IconFingerprint, IconKey, IconShieldLock } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useItem } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { ListSection, wholeList } from '../../patterns/list-page.tsx';
import { NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { type AddableFactor, AddFactor } from './add-factor.tsx';
import { useDeviceName } from './device.tsx';
import classes from './factors.module.css';
import { userPhrases } from './phrases.ts';
import { TrustedDevices } from './trusted-devices.tsx';

const icons = { Totp: IconDeviceMobile, WebAuthn: IconFingerprint, BackupCode: IconKey } as const;

/** What a user proves besides the password, and the browsers in which the user need not. */
export function UserFactors({ user }: { user: User }) {
  const t = userPhrases.use();
  const params = { userId: user.id };
  const factors = useItem(listUserMfaVerifications, { params });
  const remove = useChange(deleteUserMfaVerification);
  const [added, setAdded] = useState<AddableFactor>();
  const [doomed, setDoomed] = useState<MfaVerification>();
  const nameOf = useFactorName();
  const add = <AddMenu addable={addableTo(factors.data ?? [])} onAdd={setAdded} />;
  return (
    <div className={classes.sections}>
      <ListSection<MfaVerification>
        title={t('factors.title')}
        description={t('factors.detail')}
        action={add}
        list={wholeList(factors, factors.data)}
        idOf={({ id }) => id}
        nameOf={nameOf}
        menuOf={(factor) => (
          <Menu.Item color="red" onClick={() => setDoomed(factor)}>
            {t('factors.remove')}
          </Menu.Item>
        )}
        columns={[
          { header: t('factors.factor'), cell: (factor) => <Factor factor={factor} /> },
          {
            header: t('lastUsed'),
            width: '10rem',
            wide: true,
            cell: ({ lastUsedAt }) => (lastUsedAt ? <RelativeTime time={Date.parse(lastUsedAt)} /> : t('never')),
          },
          {
            header: t('columns.created'),
            width: '10rem',
            wide: true,
            cell: ({ createdAt }) => <RelativeTime time={Date.parse(createdAt)} />,
          },
        ]}
        empty={{ icon: IconShieldLock, title: t('factors.emptyTitle'), detail: t('factors.emptyDetail'), action: add }}
      />
      <TrustedDevices userId={user.id} />
      {added && <AddFactor userId={user.id} type={added} onClose={() => setAdded(undefined)} />}
      <ConfirmDialog
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={t('factors.remove')}
        actionLabel={t('factors.remove')}
        isDangerous
        action={() => remove.mutateAsync({ params: { ...params, verificationId: doomed?.id ?? '' } })}
      >
        {t('factors.removeDetail', { name: nameOfUser(user), factor: doomed ? nameOf(doomed) : '' })}
      </ConfirmDialog>
    </div>
  );
}

/** The name that the user gave a factor, else its kind. */
function useFactorName() {
  const t = userPhrases.use();
  return ({ name, type }: MfaVerification) => name ?? t(`factors.types.${type}`);
}

function Factor({ factor }: { factor: MfaVerification }) {
  const t = userPhrases.use();
  const nameOf = useFactorName();
  const deviceName = useDeviceName();
  const Icon = icons[factor.type];
  const facts = [
    factor.name && t(`factors.types.${factor.type}`),
    factor.agentParsed && deviceName(factor.agentParsed),
    factor.remainCodes !== undefined && t('factors.remaining', { count: factor.remainCodes }),
  ];
  return (
    <NameCell
      name={nameOf(factor)}
      detail={facts.filter(Boolean).join(' · ')}
      picture={<Icon size={20} stroke={1.5} className={classes.icon} aria-hidden />}
    />
  );
}

/** One authenticator app; backup codes next to another factor, once there are none left. */
function addableTo(factors: readonly MfaVerification[]): AddableFactor[] {
  const canAdd = {
    Totp: factors.every(({ type }) => type !== 'Totp'),
    BackupCode:
      factors.some(({ type }) => type !== 'BackupCode') && factors.every(({ remainCodes = 0 }) => remainCodes === 0),
  };
  return (['Totp', 'BackupCode'] as const).filter((type) => canAdd[type]);
}

function AddMenu({ addable, onAdd }: { addable: readonly AddableFactor[]; onAdd: (type: AddableFactor) => void }) {
  const t = userPhrases.use();
  if (addable.length === 0) return null;
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <Button rightSection={<IconChevronDown size={16} stroke={1.5} />}>{t('factors.add')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {addable.map((type) => (
          <Menu.Item key={type} onClick={() => onAdd(type)}>
            {t(`factors.types.${type}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
