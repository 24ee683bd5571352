import type { Application } from '@aldaba/contract/routes';
import { Anchor } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconBook, IconCheck } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTenant } from '../../api/queries.ts';
import { useLanguage } from '../../language/phrases.ts';
import { Celebration } from '../../patterns/celebration.tsx';
import { EmptyState } from '../../patterns/empty-state.tsx';
import { Notice } from '../../patterns/notice.tsx';
import { useIsReadOnly } from '../../session/administrator.ts';
import { ApiSelect, useApi } from './api-select.tsx';
import { CardList } from './card-list.tsx';
import { findCard, type GuideCard, guideCards } from './catalog.ts';
import { takeCreated } from './created.ts';
import classes from './guide-tab.module.css';
import { guideValues, hasSecrets, isAppUrl, useSecret } from './guide-values.ts';
import { GuideView } from './guide-view.tsx';
import { guidePhrases } from './phrases.ts';
import { AppUrlField, ValuesPanel } from './values-panel.tsx';

/**
 * The tab of an application with the guide in the address, else with the one that was followed last in this browser, or
 * the guides to choose from.
 */
export function GuideTab({ application }: { application: Application }) {
  const language = useLanguage();
  const navigate = useNavigate();
  const { guide } = useSearch({ strict: false }) as { guide?: string };
  const [followed, follow, forget] = useLocalStorage<string | undefined>({
    key: `aldaba.guide.${application.id}`,
    getInitialValueInEffect: false,
  });
  const card = findCard(guide ?? followed, language);
  const show = (name: string | undefined, replace: boolean) =>
    void navigate({ to: '.', search: (name ? { guide: name } : {}) as never, resetScroll: true, replace });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another address changes what is followed.
  useEffect(() => {
    if (guide) follow(guide);
    else if (followed) show(followed, true);
  }, [guide]);
  const open = (name: string | undefined) => {
    if (!name) forget();
    show(name, false);
  };
  if (!card) return <GuideChoice application={application} onOpen={({ name }) => open(name)} />;
  return <ApplicationGuide key={card.name} card={card} application={application} onLeave={() => open(undefined)} />;
}

/** A third-party application is described by the guides of its own, and by those of its type. */
const fits = (card: GuideCard, { type, isThirdParty }: Application): boolean =>
  card.type === type && (isThirdParty || card.category !== 'third-party');

function GuideChoice({ application, onOpen }: { application: Application; onOpen: (card: GuideCard) => void }) {
  const t = guidePhrases.use();
  const cards = guideCards(useLanguage()).filter((card) => fits(card, application));
  if (cards.length === 0) return <EmptyState icon={IconBook} title={t('guide.none')} detail={t('guide.noneDetail')} />;
  return (
    <>
      <h2 className={classes.heading}>{t('guide.choose')}</h2>
      <p className={classes.help}>{t('guide.chooseDetail')}</p>
      <CardList cards={cards} onOpen={onOpen} />
    </>
  );
}

interface ApplicationGuideProps {
  card: GuideCard;
  application: Application;
  onLeave: () => void;
}

function ApplicationGuide({ card, application, onLeave }: ApplicationGuideProps) {
  const tenant = useTenant();
  const t = guidePhrases.use();
  const isReadOnly = useIsReadOnly();
  const { secret } = useSecret(application);
  const [appUrl, setAppUrl] = useState(card.appUrl ?? '');
  const api = useApi();
  const values = guideValues({
    tenant,
    appId: application.id,
    // The server tells colleagues who only read that there is one, but not which.
    appSecret: isReadOnly && secret ? t('values.hiddenSecret') : secret,
    appUrl: isAppUrl(appUrl) ? appUrl : (card.appUrl ?? ''),
    apiIndicator: api.indicator,
  });
  return (
    <GuideView
      card={card}
      application={application}
      values={values}
      lead={<Lead card={card} application={application} onLeave={onLeave} />}
      facts={
        <ValuesPanel application={application} values={values} hasSecret={hasSecrets(application)}>
          {card.appUrl && <AppUrlField value={appUrl} onChange={setAppUrl} />}
          {card.type === 'MachineToMachine' && <ApiSelect api={api} />}
        </ValuesPanel>
      }
    />
  );
}

function Lead({ card, application, onLeave }: ApplicationGuideProps) {
  const t = guidePhrases.use();
  // Read once: the next visit is not the first.
  const [isNew] = useState(() => takeCreated(application.id));
  return (
    <div className={classes.lead}>
      {isNew && (
        <Notice
          tone="success"
          sign={
            <>
              <IconCheck size={18} stroke={2} aria-hidden />
              <Celebration />
            </>
          }
          title={t('guide.created', { name: application.name })}
        >
          {t('guide.createdDetail')}
        </Notice>
      )}
      <p className={classes.summary}>
        {card.summary}{' '}
        <Anchor component="button" type="button" fz="inherit" onClick={onLeave}>
          {t('guide.otherGuide')}
        </Anchor>
      </p>
    </div>
  );
}
