import type { Application, ApplicationSecret } from '@aldaba/contract';
import {
  deleteApplicationLegacySecret,
  deleteApplicationSecret,
  listApplicationSecrets,
  updateApplicationSecret,
} from '@aldaba/contract/routes';
import { Button, Menu, TextInput } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useItem } from '../../api/queries.ts';
import { Changing } from '../../patterns/changing.tsx';
import { SecretField } from '../../patterns/copy.tsx';
import { ConfirmByName } from '../../patterns/danger-zone.tsx';
import { EmptyState } from '../../patterns/empty-state.tsx';
import { CreateDialog } from '../../patterns/form.tsx';
import { RowMenu } from '../../patterns/list-page.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { CreateSecret } from './create-secret.tsx';
import { applicationPhrases } from './phrases.ts';
import classes from './secrets.module.css';

/** The secrets of an application: several, so that one can replace another without an interruption. */
export function ApplicationSecrets({ application }: { application: Application }) {
  const t = applicationPhrases.use();
  const params = { id: application.id };
  const { data: secrets, error, refetch } = useItem(listApplicationSecrets, { params });
  const [isCreating, setCreating] = useState(false);
  if (error && !secrets) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!secrets) return <PendingPage />;
  const create = (
    <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => setCreating(true)}>
      {t('secrets.create')}
    </Button>
  );
  const isEmpty = secrets.length === 0 && !application.secret;
  return (
    <section className={classes.secrets}>
      <header className={classes.header}>
        <div>
          <h2 className={classes.heading}>{t('secrets.title')}</h2>
          <p className={classes.help}>{t('secrets.detail')}</p>
        </div>
        {!isEmpty && <Changing>{create}</Changing>}
      </header>
      {isEmpty ? (
        <div className={classes.list}>
          <EmptyState
            icon={IconKey}
            title={t('secrets.emptyTitle')}
            detail={t('secrets.emptyDetail')}
            action={create}
          />
        </div>
      ) : (
        <ul className={classes.list}>
          {application.secret && <LegacyRow application={application} value={application.secret} />}
          {secrets.map((secret) => (
            <SecretRow key={secret.name} secret={secret} />
          ))}
        </ul>
      )}
      <CreateSecret applicationId={application.id} isOpen={isCreating} onClose={() => setCreating(false)} />
    </section>
  );
}

function SecretRow({ secret }: { secret: ApplicationSecret }) {
  const t = applicationPhrases.use();
  const [open, setOpen] = useState<'rename' | 'delete'>();
  const remove = useChange(deleteApplicationSecret);
  const { applicationId: id, name, value, createdAt, expiresAt } = secret;
  const hasExpired = expiresAt !== null && expiresAt <= Date.now();
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <div className={classes.name}>
          {name}
          {hasExpired && <StatusBadge tone="danger">{t('secrets.expired')}</StatusBadge>}
        </div>
        <div className={classes.facts}>
          {t('secrets.created')} <RelativeTime time={createdAt} />
          {' · '}
          {expiresAt === null ? (
            t('secrets.neverExpires')
          ) : (
            <>
              {t(hasExpired ? 'secrets.hasExpired' : 'secrets.expires')} <RelativeTime time={expiresAt} />
            </>
          )}
        </div>
      </div>
      <div className={classes.value}>
        <SecretField value={value} name={name} />
      </div>
      <Changing>
        <RowMenu name={name}>
          <Menu.Item onClick={() => setOpen('rename')}>{t('secrets.rename')}</Menu.Item>
          <Menu.Item color="red" onClick={() => setOpen('delete')}>
            {t('secrets.delete')}
          </Menu.Item>
        </RowMenu>
      </Changing>
      {open === 'rename' && <RenameSecret secret={secret} onClose={() => setOpen(undefined)} />}
      <ConfirmByName
        isOpen={open === 'delete'}
        onClose={() => setOpen(undefined)}
        title={t('secrets.delete')}
        actionLabel={t('secrets.delete')}
        name={name}
        action={() => remove.mutateAsync({ params: { id, name } })}
      >
        {t('secrets.deleteDetail')}
      </ConfirmByName>
    </li>
  );
}

function RenameSecret({ secret, onClose }: { secret: ApplicationSecret; onClose: () => void }) {
  const t = applicationPhrases.use();
  const words = patternPhrases.use();
  const rename = useChange(updateApplicationSecret);
  const form = useForm({
    values: { name: secret.name },
    validate: ({ name }) => ({ name: name.trim() ? undefined : words('form.required') }),
    save: ({ name }) =>
      rename.mutateAsync({
        params: { id: secret.applicationId, name: secret.name },
        body: { name: name.trim() },
      }),
    fieldsByCode: { 'application.secret_name_exists': 'name' },
  });
  return (
    <CreateDialog isOpen onClose={onClose} title={t('secrets.rename')} submitLabel={words('form.save')} form={form}>
      <TextInput label={t('fields.name')} data-autofocus {...form.input('name')} />
    </CreateDialog>
  );
}

/** The one secret of applications that were made before secrets had names. */
function LegacyRow({ application, value }: { application: Application; value: string }) {
  const t = applicationPhrases.use();
  const [isDeleting, setDeleting] = useState(false);
  const remove = useChange(deleteApplicationLegacySecret);
  const name = t('secrets.legacy');
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <div className={classes.name}>{name}</div>
        <div className={classes.facts}>{t('secrets.neverExpires')}</div>
      </div>
      <div className={classes.value}>
        <SecretField value={value} name={name} />
      </div>
      <Changing>
        <Button variant="subtle" color="red" size="compact-sm" onClick={() => setDeleting(true)}>
          {t('secrets.delete')}
        </Button>
      </Changing>
      <ConfirmByName
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
        title={t('secrets.delete')}
        actionLabel={t('secrets.delete')}
        name={application.name}
        action={() => remove.mutateAsync({ params: { id: application.id } })}
      >
        {t('secrets.deleteDetail')}
      </ConfirmByName>
    </li>
  );
}
