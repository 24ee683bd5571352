import { deleteInboxMessages, listInboxMessages, updateInbox } from '@aldaba/contract/routes';
import { Button, VisuallyHidden } from '@mantine/core';
import { IconExternalLink, IconInbox } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { apiOf } from '../../api/client.ts';
import { inboxQuery } from '../../api/inbox.ts';
import { itemQuery, useChange, useTenant } from '../../api/queries.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { EmptyState } from '../../patterns/empty-state.tsx';
import { Page } from '../../patterns/page.tsx';
import { useIsReadOnly } from '../../session/administrator.ts';
import { baseUrlOf } from '../../settings.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import classes from './inbox-page.module.css';
import { MessageList } from './message-list.tsx';
import { MessageView } from './message-view.tsx';
import { inboxPhrases } from './phrases.ts';

const route = getRouteApi('/t/$tenant/inbox');

/** Milliseconds between two looks for new messages. */
const pollInterval = 2000;

/** The messages of a tenant in development that has no connector for them, with their codes. */
export function InboxPage() {
  const t = inboxPhrases.use();
  const tenant = useTenant();
  const { data: inbox, error, refetch } = useQuery(inboxQuery(tenant));
  if (error && !inbox) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!inbox) return <Page title={t('title')}>{null}</Page>;
  const { receives } = inbox;
  if (receives.length === 0) return <NotUsed reason={reasonOf(inbox)} />;
  const described = receives.length > 1 ? 'both' : (receives[0] ?? 'both');
  return (
    <Page title={t('title')} description={t(`description.${described}`)} action={<Actions />} isWide>
      <Messages tenant={tenant} />
      <p className={classes.note}>{t('kept')}</p>
    </Page>
  );
}

const reasonOf = ({ isAvailable, enabled }: { isAvailable: boolean; enabled: boolean }) =>
  isAvailable ? (enabled ? 'unused' : 'off') : 'unavailable';

/** The list with the newest first, and beside it the chosen message; on phones one of the two. */
function Messages({ tenant }: { tenant: string }) {
  const t = inboxPhrases.use();
  const { message: chosen } = route.useSearch();
  const list = useQuery({ ...itemQuery(tenant, listInboxMessages), refetchInterval: pollInterval });
  const messages = list.data;
  const newest = messages?.[0];
  const arrival = useArrival(newest?.id);
  if (list.error && !messages) return <ErrorPage error={list.error} reset={() => void list.refetch()} />;
  if (!messages) return null;
  const shown = chosen ?? newest?.id;
  return (
    <>
      <VisuallyHidden role="status">{arrival && newest ? t('arrived', { to: newest.to }) : ''}</VisuallyHidden>
      {messages.length === 0 && !chosen ? (
        <div className={classes.card}>
          <Empty tenant={tenant} />
        </div>
      ) : (
        <div className={classes.columns} data-chosen={chosen !== undefined || undefined}>
          <MessageList messages={messages} shown={shown} />
          {shown && <MessageView key={shown} id={shown} />}
        </div>
      )}
    </>
  );
}

/** Whether the newest message came while the page was open. */
function useArrival(newest: string | undefined): boolean {
  const [first, setFirst] = useState<string | null>();
  useEffect(() => setFirst((before) => (before === undefined ? (newest ?? null) : before)), [newest]);
  return first !== undefined && newest !== undefined && newest !== first;
}

function Empty({ tenant }: { tenant: string }) {
  const t = inboxPhrases.use();
  return (
    <EmptyState icon={IconInbox} title={t('empty.title')} detail={t('empty.detail')}>
      <Button
        component="a"
        variant="default"
        href={`${baseUrlOf(tenant)}/demo-app`}
        target="_blank"
        rel="noreferrer"
        leftSection={<IconExternalLink size={16} stroke={1.5} />}
      >
        {t('empty.tryIt')}
      </Button>
    </EmptyState>
  );
}

/** Empties the inbox and switches it off, both after a question. */
function Actions() {
  const t = inboxPhrases.use();
  const [asked, setAsked] = useState<'emptyIt' | 'switchOff'>();
  const tenant = useTenant();
  const navigate = useNavigate();
  const client = useQueryClient();
  const update = useChange(updateInbox, { also: ['/api/connectors'] });
  const close = () => setAsked(undefined);
  /** What was deleted is not asked for again. */
  const forget = () => {
    client.setQueryData(itemQuery(tenant, listInboxMessages).queryKey, []);
    return navigate({ to: '/t/$tenant/inbox', params: { tenant }, search: {} });
  };
  return (
    <div className={classes.actions}>
      <Button variant="default" onClick={() => setAsked('switchOff')}>
        {t('switchOff.action')}
      </Button>
      <Button variant="default" onClick={() => setAsked('emptyIt')}>
        {t('emptyIt.action')}
      </Button>
      <ConfirmDialog
        isOpen={asked === 'emptyIt'}
        onClose={close}
        title={t('emptyIt.title')}
        actionLabel={t('emptyIt.action')}
        isDangerous
        action={() => apiOf(tenant).call(deleteInboxMessages).then(forget)}
      >
        {t('emptyIt.detail')}
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asked === 'switchOff'}
        onClose={close}
        title={t('switchOff.title')}
        actionLabel={t('switchOff.action')}
        isDangerous
        action={() => update.mutateAsync({ body: { enabled: false } }).then(forget)}
      >
        {t('switchOff.detail')}
      </ConfirmDialog>
    </div>
  );
}

/** Why nothing arrives here. */
function NotUsed({ reason }: { reason: 'unused' | 'off' | 'unavailable' }) {
  const t = inboxPhrases.use();
  const tenant = useTenant();
  const isReadOnly = useIsReadOnly();
  const update = useChange(updateInbox, { also: ['/api/connectors'] });
  return (
    <Page title={t('title')}>
      <div className={classes.card}>
        <EmptyState icon={IconInbox} title={t(`${reason}.title`)} detail={t(`${reason}.detail`)}>
          {reason === 'off' ? (
            !isReadOnly && (
              <Button loading={update.isPending} onClick={() => update.mutate({ body: { enabled: true } })}>
                {t('off.action')}
              </Button>
            )
          ) : (
            <Button
              variant="default"
              renderRoot={(props) => <Link to="/t/$tenant/connectors" params={{ tenant }} {...props} />}
            >
              {t(`${reason}.action`)}
            </Button>
          )}
        </EmptyState>
      </div>
    </Page>
  );
}
