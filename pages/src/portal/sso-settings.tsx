/** The form for what an identity provider shows, and the certificates that it names. */
import { Form, type ScreenProps, TextField, timeOf } from './parts.tsx';
import { type PortalWord, word } from './words.ts';

type Props = ScreenProps<'sso-connection'>;

const known = [
  ...(['issuer', 'clientId', 'clientSecret', 'scope', 'metadataUrl', 'metadata', 'entityId'] as const),
  ...(['signInEndpoint', 'x509Certificate', 'attributeMapping'] as const),
];

/** The sentence about a field, with the technical reason. */
function problemOf({ view, screen }: Props, field: (typeof known)[number]): string | undefined {
  const problem = screen.problems.find((each) => each.field.split('.')[0] === field);
  if (!problem) return undefined;
  return `${word(view.language, `problem.${field}`)} ${word(view.language, 'problemDetail', { detail: problem.detail })}`;
}

export const SsoSettings = (props: Props) => {
  const { frame, view, screen } = props;
  const t = (key: PortalWord) => word(view.language, key);
  return (
    <section class="portal-proof" id="settings">
      <h2>{t('stepSettings')}</h2>
      <p class="hint">{t('settingsLead')}</p>
      {screen.certificates.map((certificate) => (
        <p class={certificate.state === 'valid' ? 'hint' : 'portal-warning'} key={certificate.expiresAt}>
          {word(view.language, certificateWords[certificate.state], { date: timeOf(view, certificate.expiresAt) })}
        </p>
      ))}
      {screen.metadataProblem && (
        <p class="portal-warning">
          {word(view.language, metadataWords[screen.metadataProblem.state], {
            date: timeOf(view, screen.metadataProblem.since),
          })}{' '}
          {word(view.language, 'problemDetail', { detail: screen.metadataProblem.detail })}
        </p>
      )}
      <Form frame={frame} path={`/sso/${encodeURIComponent(screen.id)}`} submit={t('saveSettings')}>
        <TextField
          name="name"
          label={t('connectionName')}
          missing={t('connectionNameMissing')}
          mode="text"
          value={screen.fields.name}
          maxLength={128}
        />
        {screen.type === 'oidc' ? <OidcFields {...props} /> : <SamlFields {...props} />}
      </Form>
    </section>
  );
};

const certificateWords = {
  valid: 'certificateValid',
  ending: 'certificateEnding',
  ended: 'certificateEnded',
} as const;

const metadataWords = { unreadable: 'metadataUnreadable', refused: 'metadataRefused' } as const;

const OidcFields = (props: Props) => {
  const { view, screen } = props;
  const t = (key: PortalWord) => word(view.language, key);
  const { fields } = screen;
  return (
    <>
      {!screen.hasFixedIssuer && (
        <TextField
          name="issuer"
          label={t('issuer')}
          missing={t('issuerMissing')}
          mode="url"
          value={fields.issuer}
          error={problemOf(props, 'issuer')}
        />
      )}
      <TextField
        name="clientId"
        label={t('clientId')}
        missing={t('clientIdMissing')}
        mode="text"
        value={fields.clientId}
        maxLength={256}
        error={problemOf(props, 'clientId')}
      />
      <TextField
        name="clientSecret"
        label={t('clientSecret')}
        missing={t('clientSecretMissing')}
        mode="text"
        isSecret
        isOptional={screen.hasSecret}
        hint={screen.hasSecret ? t('clientSecretKept') : undefined}
        error={problemOf(props, 'clientSecret')}
      />
      <TextField
        name="scope"
        label={t('scope')}
        missing=""
        mode="text"
        isOptional
        value={fields.scope}
        maxLength={1024}
        hint={t('scopeHint')}
        error={problemOf(props, 'scope')}
      />
      {screen.provider !== 'AzureAdOidc' && <TrustField {...props} />}
    </>
  );
};

/** Entra ID says of no address that it is verified, so nothing is asked for it. */
const TrustField = ({ view, screen }: Props) => (
  <div class="check">
    <input
      type="checkbox"
      id="trustUnverifiedEmail"
      name="trustUnverifiedEmail"
      value="yes"
      checked={screen.fields.trustUnverifiedEmail}
    />
    <label for="trustUnverifiedEmail">{word(view.language, 'trustEmail')}</label>
  </div>
);

/** Texts of several lines. */
const LongField = (props: { name: string; label: string; value: string; error: string | undefined }) => (
  <div class="field">
    <label for={props.name}>{props.label}</label>
    <div class="box">
      <textarea
        id={props.name}
        name={props.name}
        rows={4}
        dir="ltr"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={props.error === undefined ? undefined : 'true'}
        aria-describedby={`${props.name}-error`}
      >
        {props.value}
      </textarea>
    </div>
    <p class="field-error" id={`${props.name}-error`} hidden={props.error === undefined}>
      {props.error}
    </p>
  </div>
);

const SamlFields = (props: Props) => {
  const { view, screen } = props;
  const t = (key: PortalWord) => word(view.language, key);
  const { fields } = screen;
  const isByFields = [fields.entityId, fields.signInEndpoint, fields.x509Certificate].some((value) => value !== '');
  const optional = (name: 'metadataUrl' | 'entityId' | 'signInEndpoint', mode: 'url' | 'text', hint?: string) => (
    <TextField
      name={name}
      label={t(name)}
      missing=""
      mode={mode}
      isOptional
      value={fields[name]}
      hint={hint}
      error={problemOf(props, name)}
    />
  );
  return (
    <>
      <p class="hint">{t('samlSource')}</p>
      {optional('metadataUrl', 'url', t('metadataUrlHint'))}
      <details class="guide" open={fields.metadata !== ''}>
        <summary>{t('metadata')}</summary>
        <LongField name="metadata" label={t('metadata')} value={fields.metadata} error={problemOf(props, 'metadata')} />
      </details>
      <details class="guide" open={isByFields}>
        <summary>{t('samlByFields')}</summary>
        {optional('entityId', 'text')}
        {optional('signInEndpoint', 'url')}
        <LongField
          name="x509Certificate"
          label={t('x509Certificate')}
          value={fields.x509Certificate}
          error={problemOf(props, 'x509Certificate')}
        />
      </details>
      <details class="guide" open={fields.emailAttribute !== '' || fields.nameAttribute !== ''}>
        <summary>{t('samlAttributes')}</summary>
        <p class="hint">{t('samlAttributesHint')}</p>
        {(['emailAttribute', 'nameAttribute'] as const).map((name) => (
          <TextField
            key={name}
            name={name}
            label={t(name)}
            missing=""
            mode="text"
            isOptional
            value={fields[name]}
            maxLength={256}
            error={problemOf(props, 'attributeMapping')}
          />
        ))}
      </details>
    </>
  );
};
