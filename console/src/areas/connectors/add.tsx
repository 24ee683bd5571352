import { createConnector, getConnectorFactory } from '@aldaba/contract/routes';
import { Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconArrowLeft } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useRef } from 'react';
import { useChange, useItem, useTenant } from '../../api/queries.ts';
import { LeaveGuard, RefusalAlert } from '../../patterns/form.tsx';
import { Markdown } from '../../patterns/markdown.tsx';
import { baseUrlOf } from '../../settings.ts';
import { ErrorPage, NotFoundPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import classes from './add.module.css';
import { ConnectorFields, useConnectorForm } from './connector-form.tsx';
import { type Kind, useLocalized } from './kinds.ts';
import { Logo } from './logo.tsx';
import { connectorPhrases } from './phrases.ts';
import { TestSend } from './test-send.tsx';

const route = getRouteApi('/t/$tenant/connectors/new/$kindId');

/** Adds a connector: the provider's guide on one side, the form on the other. */
export function AddConnector() {
  const { kindId } = route.useParams();
  const { data: kind, error, refetch } = useItem(getConnectorFactory, { params: { id: kindId } });
  if (error?.status === 404) return <NotFoundPage />;
  if (error && !kind) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!kind) return <PendingPage />;
  return <Content key={kind.id} kind={kind} />;
}

function Content({ kind }: { kind: Kind }) {
  const t = connectorPhrases.use();
  const tenant = useTenant();
  const navigate = useNavigate();
  const { id = '' } = route.useSearch();
  const create = useChange(createConnector, { also: ['/api/sign-in-exp'] });
  const form = useConnectorForm(kind, undefined, (draft) =>
    create.mutateAsync({ body: { connectorId: kind.id, id, ...draft } }),
  );
  const isLeaving = useRef(false);
  const save = async (tab: 'settings' | 'try') => {
    isLeaving.current = true;
    if (await form.submit())
      await navigate({ to: '/t/$tenant/connectors/$id/$tab', params: { tenant, id, tab }, replace: true });
    isLeaving.current = false;
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save('settings');
  };
  const isRedirecting = kind.type === 'Social' && kind.platform !== 'Native' && kind.platform !== 'MiniProgram';
  return (
    <div className={classes.page}>
      <Link to="/t/$tenant/connectors" params={{ tenant }} className={classes.back ?? ''}>
        <IconArrowLeft size={16} stroke={1.5} aria-hidden />
        {t('title')}
      </Link>
      <Heading kind={kind} />
      <div className={classes.columns}>
        <form className={classes.form} onSubmit={submit} noValidate>
          <ConnectorFields
            form={form}
            redirectUri={isRedirecting ? `${baseUrlOf(tenant)}/callback/${id}` : undefined}
          />
          {kind.type !== 'Social' && <TestSend form={form} />}
          <div className={classes.dock}>
            <RefusalAlert refusal={form.refusal} />
            <div className={classes.actions}>
              {kind.type === 'Social' && (
                <Button variant="default" onClick={() => void save('try')} disabled={form.isSaving}>
                  {t('saveAndTry')}
                </Button>
              )}
              <Button type="submit" loading={form.isSaving}>
                {t('saveAndDone')}
              </Button>
            </div>
          </div>
          <LeaveGuard isDirty={form.changes > 0 && !form.isSaving && !isLeaving.current} />
        </form>
        <section className={classes.guide} aria-labelledby="guide-title">
          <h2 id="guide-title" className={classes.guideTitle}>
            {t('guide')}
          </h2>
          <Markdown text={kind.readme} level={3} />
        </section>
      </div>
    </div>
  );
}

function Heading({ kind }: { kind: Kind }) {
  const t = connectorPhrases.use();
  const localized = useLocalized();
  const name = localized(kind.name);
  const title = t('addNamed', { name });
  useDocumentTitle(`${title} · Aldaba`);
  return (
    <header className={classes.header}>
      <Logo logo={kind.logo} logoDark={kind.logoDark} name={name} size={40} />
      <div>
        <h1 className={classes.title}>{title}</h1>
        <p className={classes.detail}>{localized(kind.description)}</p>
      </div>
    </header>
  );
}
