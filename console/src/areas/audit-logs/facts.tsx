import type { LogRecord } from '@aldaba/contract';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useNames } from '../../api/names.ts';
import { useTenant } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { CopyButton } from '../../patterns/copy.tsx';
import classes from './detail.module.css';
import { ApplicationLink, UserLink } from './name-link.tsx';
import { logPhrases } from './phrases.ts';
import { identifierOf, useLogWords } from './words.ts';

/** Who, with what, for which application, from where and when. */
export function LogFacts({ record }: { record: LogRecord }) {
  const t = logPhrases.use();
  const format = useFormat();
  const { factorsOf } = useLogWords();
  const { payload, createdAt } = record;
  const { userId, applicationId, applicationSecret, requestId, suppressed } = payload;
  const names = useNames({ userIds: userId ? [userId] : [], applicationIds: applicationId ? [applicationId] : [] });
  const { browser, os, device } = payload.userAgentParsed ?? {};
  const agent = [browser, os].flatMap((part) =>
    part?.name ? [[part.name, part.version].filter(Boolean).join(' ')] : [],
  );
  const machine = [device?.vendor, device?.model].filter(Boolean).join(' ');
  return (
    <dl className={classes.facts}>
      <Fact name={t('facts.time')}>{`${format.exact(createdAt)} (${format.relative(createdAt)})`}</Fact>
      <Fact name={t('facts.user')}>{userId && <UserLink id={userId} name={names.user(userId)} />}</Fact>
      <Fact name={t('facts.application')}>
        {applicationId && <ApplicationLink id={applicationId} name={names.application(applicationId)} />}
      </Fact>
      <Fact name={t('facts.secret')}>{applicationSecret?.name}</Fact>
      <Fact name={t('facts.identifier')}>{identifierOf(record)}</Fact>
      <Fact name={t('facts.factors')}>{factorsOf(record)}</Fact>
      <Connector payload={payload} />
      <RequestFacts payload={payload} />
      <Fact name={t('facts.ip')}>{payload.ip}</Fact>
      <Fact name={t('facts.device')}>{[...agent, machine].filter(Boolean).join(' · ') || payload.userAgent}</Fact>
      <Fact name={t('facts.requestId')}>
        {typeof requestId === 'string' && <Copied value={requestId} name={t('facts.requestId')} />}
      </Fact>
      <Fact name={t('facts.suppressed')}>{typeof suppressed === 'number' && format.number(suppressed)}</Fact>
    </dl>
  );
}

function Connector({ payload: { params } }: { payload: LogRecord['payload'] }) {
  const t = logPhrases.use();
  const tenant = useTenant();
  const id = textOf(params?.['connectorId']);
  return (
    <Fact name={t('facts.connector')}>
      {id && (
        <Link to="/t/$tenant/connectors/$id" params={{ tenant, id }} className={classes.link ?? ''}>
          {textOf(params?.['target']) ?? id}
        </Link>
      )}
    </Fact>
  );
}

/** What was asked for and given: tokens, webhooks, scripts. */
function RequestFacts({ payload }: { payload: LogRecord['payload'] }) {
  const t = logPhrases.use();
  const { params, tokenTypes, scope, reason, attempt, line } = payload;
  const tokens = Array.isArray(tokenTypes) ? tokenTypes.filter(isTokenType) : [];
  return (
    <>
      <Fact name={t('facts.grantType')}>{textOf(params?.['grant_type'])}</Fact>
      <Fact name={t('facts.clientId')}>{payload.applicationId === undefined && textOf(params?.['client_id'])}</Fact>
      <Fact name={t('facts.redirectUri')}>{textOf(params?.['redirect_uri'])}</Fact>
      <Fact name={t('facts.resource')}>{textOf(params?.['resource'])}</Fact>
      <Fact name={t('facts.organization')}>{textOf(params?.['organization_id'])}</Fact>
      <Fact name={t('facts.tokens')}>{tokens.map((type) => t(`tokenTypes.${type}`)).join(', ')}</Fact>
      <Fact name={t('facts.scope')}>{textOf(scope) ?? textOf(params?.['scope'])}</Fact>
      <Fact name={t('facts.reason')}>{textOf(reason)}</Fact>
      <Fact name={t('facts.attempt')}>{textOf(attempt)}</Fact>
      <Fact name={t('facts.line')}>{textOf(line)}</Fact>
    </>
  );
}

const tokenTypeNames = ['AccessToken', 'RefreshToken', 'IdToken'] as const;
const isTokenType = (type: unknown): type is (typeof tokenTypeNames)[number] =>
  (tokenTypeNames as readonly unknown[]).includes(type);

const textOf = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return value.map(String).join(', ') || undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
};

/** A line of the facts; without a value it is left out. */
function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Copied({ value, name }: { value: string; name: string }) {
  return (
    <span className={classes.copied}>
      <code className={classes.code}>{value}</code>
      <CopyButton value={value} name={name} />
    </span>
  );
}
