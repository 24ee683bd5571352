import type { SignInIdentifier } from '@aldaba/contract';
import { Button, Checkbox, Menu, SegmentedControl } from '@mantine/core';
import { IconAlertCircle, IconPlus } from '@tabler/icons-react';
import { Notice } from '../../patterns/notice.tsx';
import { ReorderList } from '../../patterns/reorder-list.tsx';
import { FieldProblem } from './field-problem.tsx';
import classes from './lists.module.css';
import { experiencePhrases } from './phrases.ts';
import { useSettings } from './settings.tsx';
import { hidesPasswords, newMethod } from './sign-up.ts';
import type { Values } from './values.ts';

type Method = Values['signIn']['methods'][number];
const identifiers = ['username', 'email', 'phone'] as const satisfies readonly SignInIdentifier[];

/** The identifiers that users sign in with, in the order of the page, each with a password, a code, or both. */
export function SignInMethods() {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const { signIn, signUp } = form.values;
  const change = (methods: Method[]) => form.set('signIn', { ...signIn, methods });
  const addable = identifiers.filter((each) => !signIn.methods.some(({ identifier }) => identifier === each));
  return (
    <div className={classes.group}>
      <ReorderList
        label={t('signIn.title')}
        items={signIn.methods}
        idOf={({ identifier }) => identifier}
        nameOf={({ identifier }) => t(`identifiers.${identifier}`)}
        onChange={change}
        keepsBecause={({ identifier }) =>
          signUp.identifiers.includes(identifier) ? t('signIn.keptBySignUp') : undefined
        }
      >
        {(method) => (
          <MethodRow
            method={method}
            onChange={(next) => change(signIn.methods.map((old) => (old === method ? next : old)))}
          />
        )}
      </ReorderList>
      {signIn.methods.length === 0 && <p className={classes.none}>{t('signIn.none')}</p>}
      {hidesPasswords(form.values) && signIn.methods.some(({ password }) => password) && (
        <Notice sign={<IconAlertCircle size={18} stroke={1.5} aria-hidden />}>{t('signIn.hidden')}</Notice>
      )}
      <FieldProblem of="signIn" />
      {addable.length > 0 && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button
              className={classes.add ?? ''}
              variant="default"
              size="xs"
              leftSection={<IconPlus size={16} stroke={1.5} />}
            >
              {t('signIn.add')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {addable.map((identifier) => (
              <Menu.Item key={identifier} onClick={() => change([...signIn.methods, newMethod(identifier)])}>
                {t(`identifiers.${identifier}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}

function MethodRow({ method, onChange }: { method: Method; onChange: (method: Method) => void }) {
  const t = experiencePhrases.use();
  const { identifier, password, verificationCode, isPasswordPrimary } = method;
  const name = t(`identifiers.${identifier}`);
  return (
    <div className={classes.method}>
      <span className={classes.name}>{name}</span>
      <div className={classes.choices}>
        <Checkbox
          size="xs"
          label={t('signIn.password')}
          aria-label={`${name}: ${t('signIn.password')}`}
          checked={password}
          disabled={identifier === 'username' && password}
          onChange={({ currentTarget }) => onChange({ ...method, password: currentTarget.checked })}
        />
        {identifier !== 'username' && (
          <Checkbox
            size="xs"
            label={t('signIn.code')}
            aria-label={`${name}: ${t('signIn.code')}`}
            checked={verificationCode}
            onChange={({ currentTarget }) => onChange({ ...method, verificationCode: currentTarget.checked })}
          />
        )}
      </div>
      {password && verificationCode && (
        <SegmentedControl
          size="xs"
          aria-label={t('signIn.first', { name })}
          value={isPasswordPrimary ? 'password' : 'code'}
          onChange={(value) => onChange({ ...method, isPasswordPrimary: value === 'password' })}
          data={[
            { value: 'password', label: t('signIn.passwordFirst') },
            { value: 'code', label: t('signIn.codeFirst') },
          ]}
        />
      )}
    </div>
  );
}
