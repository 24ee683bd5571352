import {
  deleteCustomPhrase,
  getSignInExperience,
  listConnectors,
  listCustomPhrases,
  replaceCustomPhrase,
  updateSignInExperience,
} from '@aldaba/contract/routes';
import { ActionIcon, Button, CloseButton, Drawer, useComputedColorScheme } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconEye } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useChange, useItem } from '../../api/queries.ts';
import { useLanguage } from '../../language/phrases.ts';
import { SettingsForm } from '../../patterns/form.tsx';
import { Page } from '../../patterns/page.tsx';
import { PageTabs } from '../../patterns/page-tabs.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { useForm } from '../../patterns/use-form.ts';
import { ErrorPage, NotFoundPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { BrandingTab } from './branding-tab.tsx';
import { LanguagesTab } from './languages-tab.tsx';
import { MethodsTab } from './methods-tab.tsx';
import classes from './page.module.css';
import { experiencePhrases } from './phrases.ts';
import { type PreviewChoice, PreviewPanel, shownBy } from './preview-panel.tsx';
import { ProfileTab } from './profile-tab.tsx';
import { type Connector, fieldsByCode, SettingsProvider } from './settings.tsx';
import { usePreview } from './use-preview.ts';
import { inputs, problemsOf } from './validation.ts';
import { changedLanguages, changeOf, nested, removedLanguages, type Values, valuesOf } from './values.ts';

const route = getRouteApi('/t/$tenant/sign-in-experience/$tab');
const tabs = { methods: MethodsTab, profile: ProfileTab, branding: BrandingTab, languages: LanguagesTab } as const;
type Tab = keyof typeof tabs;

/** The sign-in experience: tabs over one form, beside the pages as the form would make them. */
export function SignInExperiencePage() {
  const { tab } = route.useParams();
  const experience = useItem(getSignInExperience);
  const connectors = useItem(listConnectors);
  const phrases = useItem(listCustomPhrases);
  const failed = [experience, connectors, phrases].find(({ error, data }) => error && !data);
  if (!(tab in tabs)) return <NotFoundPage />;
  if (failed?.error) return <ErrorPage error={failed.error} reset={() => void failed.refetch()} />;
  if (!experience.data || !connectors.data || !phrases.data) return <PendingPage />;
  return <Experience tab={tab as Tab} saved={valuesOf(experience.data, phrases.data)} connectors={connectors.data} />;
}

interface ExperienceProps {
  tab: Tab;
  saved: Values;
  connectors: readonly Connector[];
}

function Experience({ tab, saved, connectors }: ExperienceProps) {
  const t = experiencePhrases.use();
  const words = patternPhrases.use();
  const update = useChange(updateSignInExperience);
  const replace = useChange(replaceCustomPhrase, { also: ['/api/sign-in-exp'] });
  const remove = useChange(deleteCustomPhrase, { also: ['/api/sign-in-exp'] });
  const form = useForm<Values>({
    values: saved,
    validate: (values) => problemsOf(values, words, t('ui.wrongSource')),
    inputs,
    fieldsByCode,
    save: async (values) => {
      const change = changeOf(values, saved);
      // The fallback language has to have phrases when it is chosen, and is not deleted before another is.
      for (const languageTag of changedLanguages(values, saved))
        await replace.mutateAsync({ params: { languageTag }, body: nested(values.phrases[languageTag] ?? {}) });
      if (Object.keys(change).length > 0) await update.mutateAsync({ body: change });
      for (const languageTag of removedLanguages(values, saved)) await remove.mutateAsync({ params: { languageTag } });
    },
  });
  const language = useLanguage();
  const [chosen, choose] = useState<PreviewChoice>({
    screen: 'sign-in',
    device: 'phone',
    colorScheme: useComputedColorScheme('light', { getInitialValueInEffect: false }),
    language,
  });
  // A language may be removed while the preview speaks it.
  const choice = chosen.language in form.values.phrases ? chosen : { ...chosen, language };
  const { problem, ...preview } = usePreview(shownBy(choice), {
    ...changeOf(form.values, saved),
    customPhrases: nested(form.values.phrases[choice.language] ?? {}),
  });
  const notice = problem && (problem.status < 500 ? t('preview.waits') : problem.message);
  const Sections = tabs[tab];
  return (
    <SettingsProvider
      form={form}
      connectors={connectors}
      problem={problem}
      previewIn={(spoken) => choose({ ...choice, language: spoken })}
    >
      <Page title={t('title')} description={t('detail')} isWide>
        <Layout tab={tab} preview={<PreviewPanel choice={choice} onChoose={choose} {...preview} notice={notice} />}>
          <SettingsForm form={form} within="sign-in-experience">
            <Sections />
          </SettingsForm>
        </Layout>
      </Page>
    </SettingsProvider>
  );
}

/** Wide enough for the form and a preview beside it. */
const besides = '(min-width: 75em)';

const Eye = () => <IconEye size={16} stroke={1.5} aria-hidden />;

/** The form with the preview beside it; on narrower screens the preview is a sheet behind a button. */
function Layout({ tab, preview, children }: { tab: Tab; preview: ReactNode; children: ReactNode }) {
  const t = experiencePhrases.use();
  const isWide = useMediaQuery(besides, window.matchMedia(besides).matches, { getInitialValueInEffect: false });
  const [isOpen, sheet] = useDisclosure();
  return (
    <>
      <div className={classes.bar}>
        <PageTabs
          path="sign-in-experience"
          tab={tab}
          tabs={(Object.keys(tabs) as Tab[]).map((path) => ({ path, label: t(`tabs.${path}`) }))}
        />
        {!isWide && (
          <>
            <Button visibleFrom="xs" variant="default" size="xs" leftSection={<Eye />} onClick={sheet.open}>
              {t('preview.open')}
            </Button>
            <ActionIcon hiddenFrom="xs" variant="default" size={32} aria-label={t('preview.open')} onClick={sheet.open}>
              <Eye />
            </ActionIcon>
          </>
        )}
      </div>
      <div className={classes.columns}>
        <div className={classes.form}>{children}</div>
        {isWide && <aside className={classes.aside}>{preview}</aside>}
      </div>
      {!isWide && (
        <Drawer.Root opened={isOpen} onClose={sheet.close} position="bottom" size="100%">
          <Drawer.Content aria-label={t('preview.title')} className={classes.sheet ?? ''}>
            <Drawer.Body className={classes.sheetBody ?? ''}>
              <div className={classes.sheetHead}>
                <h2 className={classes.sheetTitle}>{t('preview.title')}</h2>
                <CloseButton aria-label={t('preview.close')} onClick={sheet.close} />
              </div>
              <div className={classes.sheetPreview}>{preview}</div>
            </Drawer.Body>
          </Drawer.Content>
        </Drawer.Root>
      )}
    </>
  );
}
