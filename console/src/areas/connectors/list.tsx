import { listConnectorFactories, listConnectors } from '@aldaba/contract/routes';
import { Button, Skeleton } from '@mantine/core';
import { IconMail, IconMessage, IconPlus, IconUsers, type TablerIcon } from '@tabler/icons-react';
import { useState } from 'react';
import { useInboxKinds } from '../../api/inbox.ts';
import { useItem, useTenant } from '../../api/queries.ts';
import { Changing } from '../../patterns/changing.tsx';
import { EmptyState } from '../../patterns/empty-state.tsx';
import { ListTable, NameCell } from '../../patterns/list-table.tsx';
import { Page } from '../../patterns/page.tsx';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { type ConfiguredConnector, type ConnectorType, types, useLocalized } from './kinds.ts';
import classes from './list.module.css';
import { Logo } from './logo.tsx';
import { connectorPhrases } from './phrases.ts';
import { KindPicker } from './picker.tsx';
import { ConnectorState } from './state.tsx';

const icons: Readonly<Record<ConnectorType, TablerIcon>> = { Social: IconUsers, Email: IconMail, Sms: IconMessage };

/** The connectors of a tenant by what they do. There are few of them, so the list comes whole. */
export function ConnectorList() {
  const t = connectorPhrases.use();
  const connectors = useItem(listConnectors);
  const [picked, setPicked] = useState<ConnectorType>();
  if (connectors.error && !connectors.data)
    return <ErrorPage error={connectors.error} reset={() => void connectors.refetch()} />;
  return (
    <Page
      title={t('title')}
      description={t('description')}
      action={
        <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => setPicked('Social')}>
          {t('add.Social')}
        </Button>
      }
    >
      <div className={classes.sections}>
        {types.map((type) => (
          <Section
            key={type}
            type={type}
            connectors={connectors.data?.filter((connector) => connector.type === type)}
            onAdd={() => setPicked(type)}
          />
        ))}
      </div>
      <KindPicker type={picked} onClose={() => setPicked(undefined)} />
    </Page>
  );
}

interface SectionProps {
  type: ConnectorType;
  /** Undefined while they load. */
  connectors: readonly ConfiguredConnector[] | undefined;
  onAdd: () => void;
}

function Section({ type, connectors, onAdd }: SectionProps) {
  const t = connectorPhrases.use();
  const localized = useLocalized();
  const kinds = useItem(listConnectorFactories).data?.filter((kind) => kind.type === type);
  const title = t(`types.${type}`);
  return (
    <section>
      <h2 className={classes.heading}>{title}</h2>
      <p className={classes.detail}>{t(`typeHelp.${type}`)}</p>
      <div className={classes.card}>
        {!connectors ? (
          <div className={classes.waiting} aria-busy>
            <Skeleton height={12} width={180} radius={4} />
          </div>
        ) : connectors.length > 0 ? (
          <ListTable
            caption={title}
            items={connectors}
            idOf={({ id }) => id}
            linkOf={({ id }) => `connectors/${id}`}
            menuOf={undefined}
            isStale={false}
            columns={[
              {
                header: t('columns.name'),
                cell: ({ name, logo, logoDark, target, id }) => (
                  <NameCell
                    name={localized(name)}
                    detail={<code>{type === 'Social' ? target : id}</code>}
                    picture={<Logo logo={logo} logoDark={logoDark} name={localized(name)} />}
                  />
                ),
              },
              {
                header: type === 'Social' ? t('columns.platform') : t('columns.kind'),
                width: '16rem',
                wide: true,
                cell: ({ platform, connectorId }) =>
                  platform ? t(`platforms.${platform}`) : <code>{connectorId}</code>,
              },
              {
                header: t('columns.state'),
                width: '10rem',
                cell: (connector) => <ConnectorState connector={connector} />,
              },
            ]}
          />
        ) : (
          <Empty type={type} canAdd={kinds === undefined || kinds.length > 0} onAdd={onAdd} />
        )}
      </div>
    </section>
  );
}

function Empty({ type, canAdd, onAdd }: { type: ConnectorType; canAdd: boolean; onAdd: () => void }) {
  const t = connectorPhrases.use();
  const inboxKinds = useInboxKinds(useTenant());
  const purpose = canAdd
    ? t(`empty.${type}`)
    : t('noKinds', { command: `./aldaba connector install <${t('package')}>` });
  const detail = type !== 'Social' && inboxKinds.includes(type) ? `${purpose} ${t('inInbox')}` : purpose;
  const add = canAdd && (
    <Button variant="default" onClick={onAdd}>
      {t(`add.${type}`)}
    </Button>
  );
  const Icon = icons[type];
  if (type === 'Social') return <EmptyState icon={Icon} title={t(`emptyTitle.${type}`)} detail={detail} action={add} />;
  return (
    <div className={classes.empty}>
      <span className={classes.tile}>
        <Icon size={18} stroke={1.5} aria-hidden />
      </span>
      <div className={classes.words}>
        <h3 className={classes.emptyTitle}>{t(`emptyTitle.${type}`)}</h3>
        <Changing>
          <p className={classes.emptyDetail}>{detail}</p>
        </Changing>
      </div>
      <Changing>{add}</Changing>
    </div>
  );
}
