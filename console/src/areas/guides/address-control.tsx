import type { Application } from '@aldaba/contract/routes';
import { updateApplication } from '@aldaba/contract/routes';
import { Button, TextInput } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { type FormEvent, useEffect, useState } from 'react';
import type { Address } from '../../../guides/format.ts';
import { fill } from '../../../guides/placeholders.ts';
import { refusalOf } from '../../api/errors.ts';
import { useChange } from '../../api/queries.ts';
import { Changing } from '../../patterns/changing.tsx';
import classes from './address-control.module.css';
import { useGuide } from './guide-context.tsx';
import { guidePhrases } from './phrases.ts';

const words = {
  'redirect-uri': 'redirectUri',
  'post-sign-out-uri': 'postSignOutUri',
  'cors-origin': 'corsOrigin',
} as const satisfies Record<Address['kind'], string>;

const registered = ({ oidcClientMetadata, customClientMetadata }: Application, kind: Address['kind']) =>
  ({
    'redirect-uri': oidcClientMetadata.redirectUris,
    'post-sign-out-uri': oidcClientMetadata.postLogoutRedirectUris,
    'cors-origin': customClientMetadata.corsAllowedOrigins ?? [],
  })[kind];

/** What adds an address. `customClientMetadata` is replaced whole by the server. */
function addition(application: Application, kind: Address['kind'], uri: string) {
  const all = [...registered(application, kind), uri];
  if (kind === 'redirect-uri') return { oidcClientMetadata: { redirectUris: all } };
  if (kind === 'post-sign-out-uri') return { oidcClientMetadata: { postLogoutRedirectUris: all } };
  return { customClientMetadata: { ...application.customClientMetadata, corsAllowedOrigins: all } };
}

/** Adds an address that the guide needs to the application, without leaving the guide. */
export function AddressControl({ kind, uri }: Address) {
  const t = guidePhrases.use();
  const { values, application } = useGuide();
  const proposed = fill(uri, values);
  const [text, setText] = useState(proposed);
  useEffect(() => setText(proposed), [proposed]);
  const change = useChange(updateApplication);
  if (!application) return null;
  const address = text.trim();
  const isRegistered = registered(application, kind).includes(address);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isRegistered && address)
      change.mutate({ params: { id: application.id }, body: addition(application, kind, address) });
  };
  const refusal = change.error && !isRegistered ? refusalOf(change.error, []) : undefined;
  return (
    <form className={classes.control} data-done={isRegistered || undefined} onSubmit={submit} noValidate>
      <TextInput
        className={classes.input ?? ''}
        label={t(`address.${words[kind]}`)}
        description={t(`address.${words[kind]}Help`)}
        inputWrapperOrder={['label', 'description', 'input', 'error']}
        value={text}
        error={refusal?.message}
        onChange={(event) => {
          setText(event.currentTarget.value);
          change.reset();
        }}
        classNames={{ input: classes.field ?? '' }}
        spellCheck={false}
        autoCapitalize="off"
      />
      <div className={classes.action} role="status">
        {isRegistered ? (
          <span className={classes.done}>
            <IconCheck size={16} stroke={2} aria-hidden />
            {t('address.added')}
          </span>
        ) : (
          <Changing>
            <Button type="submit" loading={change.isPending}>
              {t('address.add')}
            </Button>
          </Changing>
        )}
      </div>
    </form>
  );
}
