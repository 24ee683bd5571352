import { getConnector } from '@aldaba/contract/routes';
import { getRouteApi } from '@tanstack/react-router';
import { useItem } from '../../api/queries.ts';
import { DetailPage } from '../../patterns/detail-page.tsx';
import { Markdown } from '../../patterns/markdown.tsx';
import { ErrorPage, NotFoundPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import classes from './detail.module.css';
import { type ConfiguredConnector, useLocalized } from './kinds.ts';
import { Logo } from './logo.tsx';
import { connectorPhrases } from './phrases.ts';
import { ConnectorSettings } from './settings-tab.tsx';
import { ConnectorState } from './state.tsx';
import { TryTab } from './try-tab.tsx';

const route = getRouteApi('/t/$tenant/connectors/$id/$tab');

export function ConnectorDetail() {
  const { id } = route.useParams();
  const { data: connector, error, refetch } = useItem(getConnector, { params: { id } });
  if (error?.status === 404) return <NotFoundPage />;
  if (error && !connector) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!connector) return <PendingPage />;
  return <Content connector={connector} />;
}

function Content({ connector }: { connector: ConfiguredConnector }) {
  const t = connectorPhrases.use();
  const localized = useLocalized();
  const { tab } = route.useParams();
  const { id, type, logo, logoDark, readme } = connector;
  const name = localized(connector.name);
  return (
    <DetailPage
      back={{ path: 'connectors', label: t('title') }}
      name={name}
      id={{ value: id, label: t('connectorId') }}
      picture={<Logo logo={logo} logoDark={logoDark} name={name} size={40} />}
      badge={<ConnectorState connector={connector} />}
      path={`connectors/${id}`}
      tab={tab}
      tabs={[
        { path: 'settings', label: t('tabs.settings') },
        ...(type === 'Social' ? [{ path: 'try', label: t('tabs.try') }] : []),
        { path: 'guide', label: t('guide') },
      ]}
    >
      {tab === 'settings' ? (
        <ConnectorSettings connector={connector} />
      ) : tab === 'try' && type === 'Social' ? (
        <TryTab connector={connector} />
      ) : tab === 'guide' ? (
        <div className={classes.guide}>
          <Markdown text={readme} level={2} />
        </div>
      ) : (
        <NotFoundPage />
      )}
    </DetailPage>
  );
}
