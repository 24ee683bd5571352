import { IconArrowLeft } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useLanguage } from '../../language/phrases.ts';
import { Page } from '../../patterns/page.tsx';
import { NotFoundPage } from '../../shell/error-pages.tsx';
import { ApiSelect, useApi } from './api-select.tsx';
import { findCard, type GuideCard } from './catalog.ts';
import { guideValues } from './guide-values.ts';
import { GuideView } from './guide-view.tsx';
import classes from './library-page.module.css';
import { guidePhrases } from './phrases.ts';
import { ValuesPanel } from './values-panel.tsx';

const route = getRouteApi('/t/$tenant/applications/guides/$guide');

/** A guide without an application: for an API, which checks tokens. */
export function ApiGuidePage() {
  const card = findCard(route.useParams().guide, useLanguage());
  return card?.category === 'api' ? <ApiGuide card={card} /> : <NotFoundPage />;
}

function ApiGuide({ card }: { card: GuideCard }) {
  const t = guidePhrases.use();
  const { tenant } = route.useParams();
  const api = useApi({ withManagement: false });
  const values = guideValues({ tenant, appUrl: card.appUrl ?? '', apiIndicator: api.indicator });
  return (
    <>
      <div className={classes.back}>
        <Link to="/t/$tenant/applications/create" params={{ tenant }}>
          <IconArrowLeft size={16} stroke={1.5} aria-hidden />
          {t('library.title')}
        </Link>
      </div>
      <Page title={card.title} description={card.summary}>
        <GuideView
          card={card}
          values={values}
          facts={
            <ValuesPanel values={values} hasSecret={false}>
              <ApiSelect api={api} />
            </ValuesPanel>
          }
        />
      </Page>
    </>
  );
}
