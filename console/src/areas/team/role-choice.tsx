import { Radio, Stack } from '@mantine/core';
import { teamPhrases } from './phrases.ts';

/** What a colleague may do, each with what it means. @param input props of the form's field */
export function RoleChoice({ label, input }: { label: string; input: object }) {
  const t = teamPhrases.use();
  return (
    <Radio.Group label={label} {...input}>
      <Stack gap={12} mt={8}>
        {(['full', 'read-only'] as const).map((role) => (
          <Radio key={role} value={role} label={t(`roles.${role}`)} description={t(`roleHelp.${role}`)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
