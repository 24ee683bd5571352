import type { Application } from '@aldaba/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Step } from '../../../guides/format.ts';
import type { PlaceholderValues } from '../../../guides/placeholders.ts';
import { useLanguage } from '../../language/phrases.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { type GuideCard, loadSteps } from './catalog.ts';
import { GuideProvider } from './guide-context.tsx';
import classes from './guide-view.module.css';
import { LivePanel } from './live-panel.tsx';
import { guidePhrases } from './phrases.ts';
import { Steps } from './steps.tsx';

interface GuideViewProps {
  card: GuideCard;
  application?: Application;
  values: PlaceholderValues;
  /** Above the steps. */
  lead?: ReactNode;
  /** Beside the steps, below the check: what the guide is filled with. */
  facts: ReactNode;
}

/** A guide: its steps with the reader’s values, and beside them what happens in the tenant. On phones that is first. */
export function GuideView({ card, application, values, lead, facts }: GuideViewProps) {
  const t = guidePhrases.use();
  const language = useLanguage();
  const [isSecretShown, setSecretShown] = useState(false);
  const steps = useQuery<readonly Step[]>({
    queryKey: ['guides', card.name, language],
    queryFn: () => loadSteps(card.name, language),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (steps.error) return <ErrorPage error={steps.error} reset={() => void steps.refetch()} />;
  return (
    <div className={classes.guide}>
      <aside className={classes.panel}>
        {application && card.isLive && <LivePanel applicationId={application.id} />}
        {facts}
      </aside>
      <div className={classes.steps}>
        {lead}
        {steps.data ? (
          <GuideProvider value={{ values, application, isSecretShown, onShowSecret: setSecretShown }}>
            <Steps steps={steps.data} />
          </GuideProvider>
        ) : (
          <PendingPage />
        )}
        {(card.package || card.tested === 'no') && (
          <p className={classes.small}>
            {card.package && t('guide.package', { name: card.package })} {card.tested === 'no' && t('guide.untested')}
          </p>
        )}
      </div>
    </div>
  );
}
