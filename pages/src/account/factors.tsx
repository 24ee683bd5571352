/** Second factors and passkeys of the account. */
import { imageAddress } from '../addresses.ts';
import { CodesToKeep } from '../factors/backup-code.tsx';
import { factorPages } from '../factors/index.ts';
import { PasskeyForm } from '../factors/passkey.tsx';
import { Secret } from '../factors/totp.tsx';
import { CodeField } from '../fields.tsx';
import { Onward } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { CopyButton } from '../views/binding-parts.tsx';
import { addressOf, Button, Entries, Form, Part, type ScreenOf, type ScreenProps } from './parts.tsx';

const paths = { Totp: '/factors/totp', WebAuthn: '/factors/passkey', BackupCode: '/factors/codes' } as const;

export const Factors = ({ frame, view, screen }: ScreenProps<ScreenOf<'factors'>>) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const factors = screen.factors.map((factor) => ({
    ...factor,
    name: factor.name === '' ? t(factorPages[factor.type].name) : factor.name,
  }));
  return (
    <Part frame={frame} view={view} title="account.factors" lead="account.factorsLead">
      <Entries
        frame={frame}
        entries={factors}
        empty="account.noFactors"
        path="/factors/remove"
        remove="account.remove"
        since="account.added"
        more={(factor) =>
          factor.isRenamable && (
            <form class="inline-form" method="post" action={addressOf(frame, '/factors/rename')}>
              <input type="hidden" name="id" value={factor.id} />
              <label
                class="visually-hidden"
                for={`name-${factor.id}`}
              >{`${t('account.newName')}: ${factor.name}`}</label>
              <div class="box">
                <input id={`name-${factor.id}`} name="name" value={factor.name} maxLength={256} required />
              </div>
              <button type="submit" class="button plain" aria-label={`${t('account.rename')}: ${factor.name}`}>
                <span class="button-label">{t('account.rename')}</span>
              </button>
            </form>
          )
        }
      />
      {screen.addable.length > 0 && (
        <section class="bare">
          <h2 class="small-heading">{t('account.add')}</h2>
          <ul class="ways">
            {screen.addable.map((type) => {
              const { Icon, name, lead } = factorPages[type];
              return (
                <li key={type}>
                  <a class="way" href={addressOf(frame, paths[type])}>
                    <Icon />
                    <span>
                      <span class="way-name">{t(name)}</span>
                      <small>{t(lead)}</small>
                    </span>
                    <Onward />
                  </a>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      {screen.skipsAtSignIn !== undefined && (
        <Button
          frame={frame}
          path="/factors/at-sign-in"
          label={screen.skipsAtSignIn ? 'account.askAtSignIn' : 'account.skipAtSignIn'}
          fields={{ skip: screen.skipsAtSignIn ? 'no' : 'yes' }}
        />
      )}
    </Part>
  );
};

export const NewApp = ({ frame, view, screen }: ScreenProps<ScreenOf<'totp'>>) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <Part frame={frame} view={view} title="bindTotp.title" lead="bindTotp.scan" back="/factors">
      <div class="app-secret">
        <img class="qr" src={imageAddress(screen.qrCode)} alt={t('bindTotp.picture')} width="200" height="200" />
        <div class="by-hand">
          <p>{t('bindTotp.orType')}</p>
          <Secret secret={screen.secret} />
          <CopyButton frame={frame} of="secret" look="plain" />
        </div>
      </div>
      <Form frame={frame} path="/factors/totp" fields={{ sealed: screen.sealed }} submit="bindTotp.submit">
        <CodeField frame={frame} error={view.error} label="bindTotp.code" focus={view.error !== undefined} />
      </Form>
    </Part>
  );
};

export const NewPasskey = ({ frame, view, screen }: ScreenProps<ScreenOf<'passkey'>>) => (
  <Part frame={frame} view={view} title="bindPasskey.title" lead="bindPasskey.lead" back="/factors">
    <PasskeyForm
      frame={frame}
      fields={{ record: screen.recordId }}
      action={addressOf(frame, '/factors/passkey')}
      ceremony="create"
      options={screen.options}
    />
  </Part>
);

export const NewCodes = ({ frame, view, screen }: ScreenProps<ScreenOf<'codes'>>) => (
  <Part frame={frame} view={view} title="backupCodes.title" lead="backupCodes.lead" back="/factors">
    <CodesToKeep frame={frame} codes={screen.codes} />
    <Form frame={frame} path="/factors/codes" fields={{ sealed: screen.sealed }} submit="backupCodes.submit" />
  </Part>
);
