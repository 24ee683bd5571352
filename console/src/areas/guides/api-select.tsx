import { listResources } from '@aldaba/contract/routes';
import { Select } from '@mantine/core';
import { useState } from 'react';
import { useList, useTenant } from '../../api/queries.ts';
import { managementApiOf } from '../../settings.ts';
import { exampleApi } from './guide-values.ts';
import { guidePhrases } from './phrases.ts';

/** The API resource that a guide is about, and the ones to choose from. */
export interface ApiChoice {
  indicator: string;
  choices: { value: string; label: string }[];
  choose: (indicator: string) => void;
}

/** Starts with the first API of the tenant's own; programs can also call the Management API. */
export function useApi({ withManagement = true } = {}): ApiChoice {
  const management = managementApiOf(useTenant());
  const { data } = useList(listResources, { pageSize: 100 });
  const [chosen, choose] = useState<string>();
  const all = (data?.items ?? []).filter(({ indicator }) => withManagement || indicator !== management);
  const first = all.find(({ indicator }) => indicator !== management) ?? all[0];
  return {
    indicator: chosen ?? first?.indicator ?? exampleApi,
    choices: all.map(({ indicator, name }) => ({ value: indicator, label: name })),
    choose,
  };
}

export function ApiSelect({ api: { indicator, choices, choose } }: { api: ApiChoice }) {
  const t = guidePhrases.use();
  return (
    <Select
      label={t('values.api')}
      description={choices.length > 0 ? t('values.apiHelp') : t('values.noApi')}
      inputWrapperOrder={['label', 'input', 'description']}
      data={choices}
      value={choices.length > 0 ? indicator : null}
      placeholder={exampleApi}
      disabled={choices.length === 0}
      allowDeselect={false}
      onChange={(value) => value && choose(value)}
    />
  );
}
