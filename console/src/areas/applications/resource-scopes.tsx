import { getResource } from '@aldaba/contract/routes';
import { Input } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { resources, scopesOf } from '../../api/choices.ts';
import { useItem } from '../../api/queries.ts';
import { MultiPicker, Picker } from '../../patterns/picker.tsx';
import { applicationPhrases } from './phrases.ts';
import classes from './resource-scopes.module.css';

/** Ids of permissions by the API that they belong to. */
export type ScopesByApi = Readonly<Record<string, readonly string[]>>;

/** In one order, so that the order of clicks is not a change; APIs without permissions are left out. */
export const ordered = (scopes: ScopesByApi): ScopesByApi =>
  Object.fromEntries(
    Object.entries(scopes)
      .filter(([, ids]) => ids.length > 0)
      .map(([id, ids]) => [id, ids.toSorted()] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

interface ResourceScopesProps {
  /** What the permissions are for; names the inputs. */
  label: string;
  value?: ScopesByApi;
  onChange?: (value: ScopesByApi) => void;
  error?: ReactNode;
  'data-path'?: string;
}

/** Permissions of APIs: an input for each API that has chosen ones, and one that adds an API. */
export function ResourceScopes({ label, value = {}, onChange, error, ...rest }: ResourceScopesProps) {
  const t = applicationPhrases.use();
  // An API stays shown without permissions until the page is left.
  const [shown, setShown] = useState<readonly string[]>(Object.keys(value));
  const all = [...new Set([...shown, ...Object.keys(value)])];
  return (
    <Input.Wrapper label={label} labelElement="div">
      <div className={classes.apis}>
        {all.map((resourceId) => (
          <ScopesOfApi
            key={resourceId}
            resourceId={resourceId}
            ids={value[resourceId] ?? []}
            onChange={(ids) => {
              setShown(all);
              onChange?.(ordered({ ...value, [resourceId]: ids }));
            }}
          />
        ))}
        <Picker
          // Emptied once the API has an input of its own.
          key={all.length}
          label={t('permissions.addApi')}
          description={t('permissions.addApiHelp')}
          placeholder={t('permissions.searchApis')}
          source={resources}
          error={error}
          data-path={rest['data-path'] ?? ''}
          onChange={(id) => setShown([...all, id])}
        />
      </div>
    </Input.Wrapper>
  );
}

interface ScopesOfApiProps {
  resourceId: string;
  ids: readonly string[];
  onChange: (ids: string[]) => void;
}

function ScopesOfApi({ resourceId, ids, onChange }: ScopesOfApiProps) {
  const t = applicationPhrases.use();
  const { data } = useItem(getResource, { params: { id: resourceId } });
  return (
    <MultiPicker
      label={data?.name ?? resourceId}
      {...(data && { description: data.indicator })}
      placeholder={t('permissions.search')}
      source={scopesOf(resourceId)}
      value={ids}
      onChange={onChange}
    />
  );
}
