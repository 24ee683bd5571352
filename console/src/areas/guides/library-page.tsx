import { Button, Checkbox, CloseButton, TextInput, VisuallyHidden } from '@mantine/core';
import { IconArrowLeft, IconBoxOff, IconSearch } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTenant } from '../../api/queries.ts';
import { useLanguage } from '../../language/phrases.ts';
import { Changing } from '../../patterns/changing.tsx';
import { EmptyState } from '../../patterns/empty-state.tsx';
import { Page } from '../../patterns/page.tsx';
import { CreateApplication } from '../applications/create.tsx';
import { CardList } from './card-list.tsx';
import { categories, type GuideCard, guideCards, searchCards } from './catalog.ts';
import classes from './library-page.module.css';
import { guidePhrases } from './phrases.ts';

const route = getRouteApi('/t/$tenant/applications/create');

/** The library: guides by category, narrowed by words and categories, and the way without one. */
export function LibraryPage() {
  const t = guidePhrases.use();
  const language = useLanguage();
  const tenant = useTenant();
  const navigate = route.useNavigate();
  const { q = '', category = '' } = route.useSearch();
  const [opened, setOpened] = useState<{ guide?: GuideCard }>();
  const chosen = category ? category.split(',') : [];
  const found = searchCards(guideCards(language), q, chosen);
  const change = (next: { q?: string | undefined; category?: string | undefined }) =>
    void navigate({
      search: (before) => Object.fromEntries(Object.entries({ ...before, ...next }).filter(([, value]) => value)),
      replace: true,
      resetScroll: false,
    });
  const open = (guide: GuideCard) =>
    guide.type
      ? setOpened({ guide })
      : void navigate({ to: '/t/$tenant/applications/guides/$guide', params: { tenant, guide: guide.name } });
  return (
    <>
      <div className={classes.back}>
        <Link to="/t/$tenant/applications" params={{ tenant }}>
          <IconArrowLeft size={16} stroke={1.5} aria-hidden />
          {t('library.back')}
        </Link>
      </div>
      <Page
        title={t('library.title')}
        description={t('library.description')}
        action={
          <Button variant="default" onClick={() => setOpened({})}>
            {t('library.without')}
          </Button>
        }
      >
        <div className={classes.library}>
          <div className={classes.filters}>
            <SearchField value={q} onChange={(value) => change({ q: value })} />
            <Categories chosen={chosen} onChange={(next) => change({ category: next.join(',') })} />
          </div>
          <div>
            <VisuallyHidden role="status">{t('library.found', { count: found.length })}</VisuallyHidden>
            {found.length > 0 ? (
              <CardList cards={found} onOpen={open} />
            ) : (
              <EmptyState icon={IconBoxOff} title={t('library.noResult')} detail={t('library.noResultHelp')}>
                <Changing>
                  <Button onClick={() => setOpened({})}>{t('library.without')}</Button>
                </Changing>
                <Button variant="default" onClick={() => change({ q: undefined, category: undefined })}>
                  {t('library.clear')}
                </Button>
              </EmptyState>
            )}
          </div>
        </div>
      </Page>
      <CreateApplication guide={opened?.guide} isOpen={opened !== undefined} onClose={() => setOpened(undefined)} />
    </>
  );
}

function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = guidePhrases.use();
  const label = t('library.search');
  return (
    <TextInput
      type="search"
      role="searchbox"
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      leftSection={<IconSearch size={16} stroke={1.5} />}
      rightSection={value && <CloseButton size="sm" aria-label={t('library.clear')} onClick={() => onChange('')} />}
    />
  );
}

function Categories({ chosen, onChange }: { chosen: string[]; onChange: (chosen: string[]) => void }) {
  const t = guidePhrases.use();
  return (
    <fieldset className={classes.categories}>
      <legend>{t('library.categories')}</legend>
      {categories.map((category) => (
        <Checkbox
          key={category}
          size="sm"
          label={t(`categories.${category}`)}
          checked={chosen.includes(category)}
          onChange={({ currentTarget }) =>
            onChange(categories.filter((one) => (one === category ? currentTarget.checked : chosen.includes(one))))
          }
        />
      ))}
    </fieldset>
  );
}
