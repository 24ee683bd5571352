import type { ApiError } from '@aldaba/contract/client';
import { IconAlertCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTenant } from '../../api/queries.ts';
import classes from './field-problem.module.css';
import { experiencePhrases } from './phrases.ts';
import { fieldsByCode, sectionOf, useSettings } from './settings.tsx';
import type { Values } from './values.ts';

/** Below the inputs of a section: what the server refuses of it, and what to do. */
export function FieldProblem({ of }: { of: keyof Values }) {
  const { form, problem } = useSettings();
  const saved = form.input(of).error as string | undefined;
  const section = problem && sectionOf(problem, form.values);
  const isHere = section === of;
  if (section ? !isHere : !saved) return null;
  return (
    <p
      className={classes.problem}
      role="alert"
      // Where the form goes when saving is refused.
      tabIndex={-1}
      data-path={(problem?.code && fieldsByCode[problem.code]) ?? of}
    >
      <IconAlertCircle size={16} stroke={1.5} aria-hidden />
      <span>{problem && isHere ? <Sentence problem={problem} /> : saved}</span>
    </p>
  );
}

function Sentence({ problem }: { problem: ApiError }) {
  const t = experiencePhrases.use();
  const type = missingConnector(problem);
  if (!type) return problem.message;
  return (
    <>
      {t(`connectors.missing${type}`)} <ConnectorLink>{t(`connectors.add${type}`)}</ConnectorLink>
    </>
  );
}

/** Leads to the page of the connectors. */
export function ConnectorLink({ children }: { children: string }) {
  const tenant = useTenant();
  return (
    <Link to={'/t/$tenant/connectors' as '/t/$tenant'} params={{ tenant }} className={classes.link ?? ''}>
      {children}
    </Link>
  );
}

function missingConnector(problem: ApiError): 'Email' | 'Sms' | 'Social' | undefined {
  if (problem.is('sign_in_experiences.forgot_password_method_requires_connector'))
    return (problem.data as { method?: string }).method === 'PhoneVerificationCode' ? 'Sms' : 'Email';
  if (!problem.is('sign_in_experiences.enabled_connector_not_found')) return undefined;
  const { type } = problem.data as { type?: 'Email' | 'Sms' };
  return type ?? 'Social';
}
