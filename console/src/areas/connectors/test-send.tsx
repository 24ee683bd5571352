import { testConnector } from '@aldaba/contract/routes';
import { Alert, Button, TextInput } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Refusal } from '../../api/errors.ts';
import { refusalOf } from '../../api/errors.ts';
import { useChange } from '../../api/queries.ts';
import { useLanguage } from '../../language/phrases.ts';
import { FormSection, RefusalAlert } from '../../patterns/form.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { fieldOf, refusalOfConfig } from './config-form.ts';
import type { ConnectorForm } from './connector-form.tsx';
import { connectorPhrases } from './phrases.ts';
import classes from './test-send.module.css';

type Outcome = { sentTo: string } | { refusal: Refusal };

/** Sends a message with the configuration in the form, saved or not, and shows what came of it. */
export function TestSend({ form }: { form: ConnectorForm }) {
  const t = connectorPhrases.use();
  const words = patternPhrases.use();
  const locale = useLanguage();
  const test = useChange(testConnector);
  const [to, setTo] = useState('');
  const [problem, setProblem] = useState('');
  const [outcome, setOutcome] = useState<Outcome>();
  const result = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (outcome) result.current?.scrollIntoView({ block: 'nearest' });
  }, [outcome]);
  const isEmail = form.kind.type === 'Email';
  const send = async () => {
    const address = isEmail ? to.trim() : to.replaceAll(/[\s().-]/g, '');
    setOutcome(undefined);
    setProblem(address ? '' : words('form.required'));
    // What is missing is said at its field first.
    if (!form.check() || !address) return;
    try {
      await test.mutateAsync({
        params: { factoryId: form.kind.id },
        body: { ...(isEmail ? { email: address } : { phone: address }), config: form.config(), locale },
      });
      setOutcome({ sentTo: address });
    } catch (error) {
      setOutcome({ refusal: refusalOfTest(error, form, (problem) => t('fields.refused', { problem })) });
    }
  };
  const sendByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    // Not the form around it, which saves.
    event.preventDefault();
    void send();
  };
  return (
    <FormSection title={t('test.title')} description={t('test.detail')}>
      <div className={classes.row}>
        <TextInput
          className={classes.to ?? ''}
          type={isEmail ? 'email' : 'tel'}
          label={t(isEmail ? 'test.email' : 'test.phone')}
          placeholder={isEmail ? 'you@example.com' : '+34 600 123 456'}
          value={to}
          error={problem}
          onChange={(event) => setTo(event.currentTarget.value)}
          onKeyDown={sendByKey}
        />
        <Button variant="default" loading={test.isPending} onClick={() => void send()}>
          {t('test.send')}
        </Button>
      </div>
      <div ref={result} className={classes.result}>
        <div role="status">
          {outcome && 'sentTo' in outcome && (
            <Alert color="green" variant="light" icon={<IconCheck size={18} stroke={1.5} />}>
              {t('test.sent', { to: outcome.sentTo })}
            </Alert>
          )}
        </div>
        <RefusalAlert refusal={outcome && 'refusal' in outcome ? outcome.refusal : undefined} />
      </div>
    </FormSection>
  );
}

/** A refusal as one text: the test has no fields of its own, so findings are named by their labels. */
function refusalOfTest(error: unknown, { items }: ConnectorForm, refused: (problem: string) => string): Refusal {
  const { fields, message, requestId } = refusalOfConfig(error, items, refused) ?? refusalOf(error, []);
  const found = items.flatMap((item) => {
    const finding = fields[fieldOf(item)];
    return finding ? [`${item.label}: ${finding}`] : [];
  });
  return { fields: {}, message: [message, ...found].filter(Boolean).join(' '), requestId };
}
