import { FormSection } from '../../patterns/form.tsx';
import type { Form } from '../../patterns/use-form.ts';
import { WholeNumber } from '../../patterns/whole-number.tsx';
import { securityPhrases } from './phrases.ts';
import { limits, type Values } from './values.ts';

/** What the server uses where nothing is set. */
const usual = { maxAttempts: '100', lockoutDuration: '60', expirationDuration: '600', maxRetryAttempts: '10' };

/** How often a password or a code can be tried. */
export function Attempts({ form }: { form: Form<Values> }) {
  const t = securityPhrases.use();
  const number = (path: keyof typeof limits) => ({ limits: limits[path], ...form.input(path) });
  return (
    <>
      <FormSection title={t('attempts.title')} description={t('attempts.detail')}>
        <WholeNumber
          label={t('attempts.maxAttempts')}
          description={t('attempts.maxAttemptsHelp')}
          placeholder={usual.maxAttempts}
          {...number('sentinelPolicy.maxAttempts')}
        />
        <WholeNumber
          label={t('attempts.lockoutDuration')}
          placeholder={usual.lockoutDuration}
          {...number('sentinelPolicy.lockoutDuration')}
        />
      </FormSection>
      <FormSection title={t('codes.title')} description={t('codes.detail')}>
        <WholeNumber
          label={t('codes.expirationDuration')}
          description={t('codes.expirationDurationHelp')}
          placeholder={usual.expirationDuration}
          {...number('verificationCodePolicy.expirationDuration')}
        />
        <WholeNumber
          label={t('codes.maxRetryAttempts')}
          placeholder={usual.maxRetryAttempts}
          {...number('verificationCodePolicy.maxRetryAttempts')}
        />
      </FormSection>
    </>
  );
}
