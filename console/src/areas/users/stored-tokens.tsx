import type { TokenSecret } from '@aldaba/contract';
import { deleteSecret } from '@aldaba/contract/routes';
import { useChange } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { userPhrases } from './phrases.ts';
import classes from './stored-tokens.module.css';

/** How long stored tokens are of use, in a few words. */
export function useTokenState() {
  const t = userPhrases.use();
  const format = useFormat();
  return ({ metadata: { hasRefreshToken, expiresAt } }: TokenSecret): string => {
    if (hasRefreshToken) return t('identities.tokens.refreshed');
    if (expiresAt === undefined) return t('identities.tokens.endless');
    const end = expiresAt * 1000;
    return t(end < Date.now() ? 'identities.tokens.expired' : 'identities.tokens.expires', {
      time: format.relative(end),
    });
  };
}

/** What the server knows of stored tokens; the tokens themselves are never shown. */
export function StoredTokens({ tokens }: { tokens: TokenSecret }) {
  const t = userPhrases.use();
  const format = useFormat();
  const { scope, expiresAt, hasRefreshToken } = tokens.metadata;
  const facts = [
    [t('identities.tokens.scopes'), scope ?? t('none')],
    [
      t('identities.tokens.access'),
      expiresAt === undefined ? t('identities.tokens.endless') : format.exact(expiresAt * 1000),
    ],
    [
      t('identities.tokens.refresh'),
      t(hasRefreshToken ? 'identities.tokens.possible' : 'identities.tokens.impossible'),
    ],
    [t('identities.tokens.stored'), format.exact(tokens.updatedAt)],
  ] as const;
  return (
    <section className={classes.tokens}>
      <h3 className={classes.heading}>{t('identities.tokens.title')}</h3>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface DeleteTokensProps {
  tokens: TokenSecret;
  /** Name of the provider. */
  provider: string;
  onClose: () => void;
}

/** Asks before stored tokens are deleted. */
export function DeleteTokens({ tokens, provider, onClose }: DeleteTokensProps) {
  const t = userPhrases.use();
  const remove = useChange(deleteSecret, { also: ['/api/users'] });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('identities.tokens.delete')}
      actionLabel={t('identities.tokens.delete')}
      isDangerous
      action={() => remove.mutateAsync({ params: { id: tokens.id } })}
    >
      {t('identities.tokens.deleteDetail', { provider })}
    </ConfirmDialog>
  );
}
