import type { TrustedDevice } from '@aldaba/contract';
import { deleteUserTrustedDevice, listUserTrustedDevices } from '@aldaba/contract/routes';
import { Menu } from '@mantine/core';
import { IconDeviceLaptop } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useList } from '../../api/queries.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { ListSection } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { Device, useDeviceName } from './device.tsx';
import { userPhrases } from './phrases.ts';

/** Browsers in which the user is not asked for a second factor. */
export function TrustedDevices({ userId }: { userId: string }) {
  const t = userPhrases.use();
  const deviceName = useDeviceName();
  const { page } = useListSearch();
  const list = useList(listUserTrustedDevices, { params: { userId }, page, pageSize });
  const remove = useChange(deleteUserTrustedDevice);
  const [doomed, setDoomed] = useState<TrustedDevice>();
  return (
    <>
      <ListSection
        title={t('trusted.title')}
        description={t('trusted.detail')}
        list={list}
        idOf={({ id }) => id}
        nameOf={({ userAgentParsed }) => deviceName(userAgentParsed)}
        menuOf={(device) => (
          <Menu.Item color="red" onClick={() => setDoomed(device)}>
            {t('trusted.remove')}
          </Menu.Item>
        )}
        columns={[
          {
            header: t('devices.device'),
            cell: ({ userAgentParsed, ...place }) => <Device agent={userAgentParsed} {...place} />,
          },
          {
            header: t('lastUsed'),
            width: '10rem',
            wide: true,
            cell: ({ lastUsedAt }) => <RelativeTime time={lastUsedAt} />,
          },
          {
            header: t('trusted.until'),
            width: '10rem',
            wide: true,
            cell: ({ expiresAt }) => <RelativeTime time={expiresAt} />,
          },
        ]}
        empty={{ icon: IconDeviceLaptop, title: t('trusted.emptyTitle'), detail: t('trusted.emptyDetail') }}
      />
      <ConfirmDialog
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={t('trusted.remove')}
        actionLabel={t('trusted.remove')}
        isDangerous
        action={() => remove.mutateAsync({ params: { userId, trustedDeviceId: doomed?.id ?? '' } })}
      >
        {t('trusted.removeDetail')}
      </ConfirmDialog>
    </>
  );
}
