/**
 * Lists of resources (RFC 7644 section 3.4.2). Without a filter the database sorts and pages. With one, the candidates
 * that an index finds are read in batches and compared here; a filter without such a comparison may read a limited
 * number of resources (`tooMany`).
 */
import { type ScimResourceType, type ScimSearch, scimLimits, scimUrn } from '@aldaba/contract/scim';
import { findPath, type Values } from './attributes.ts';
import { invalid } from './errors.ts';
import { type Filter, parseFilter } from './filter.ts';
import { comparable, matches, sortValueOf } from './match.ts';

/** The equality comparisons that every match fulfills: `attribute[.sub]` and its value. */
export type Equalities = { name: string; value: string }[];

export interface ListSource {
  type: ScimResourceType;
  /** Whether the database sorts by an attribute. */
  sorts: (order: string) => boolean;
  page: (slice: { offset: number; limit: number; order: string; isDescending: boolean }) => Promise<{
    resources: Values[];
    total: number;
  }>;
  /** Resources after the id, in the order of ids: users that may fulfill the equalities, or all. */
  batch: (given: { equalities: Equalities; after: string; limit: number }) => Promise<{
    resources: Values[];
    /** Whether an index found them. */
    isNarrow: boolean;
  }>;
}

export interface ListResponse {
  schemas: string[];
  totalResults: number;
  startIndex: number;
  itemsPerPage: number;
  Resources: Values[];
}

const batchSize = 500;

export async function list(source: ListSource, search: ScimSearch): Promise<ListResponse> {
  const { startindex: startIndex, count } = search;
  const filter = search.filter === undefined ? undefined : parseFilter(source.type, search.filter);
  const order = search.sortby === undefined ? undefined : sortPath(source.type, search.sortby);
  const isDescending = search.sortorder === 'descending';
  const offset = startIndex - 1;
  let found: { resources: Values[]; total: number };
  if (!filter && (!order || source.sorts(order.name)))
    found = await source.page({ offset, limit: count, order: order?.name ?? 'id', isDescending });
  else {
    const matching = await collect(source, filter);
    if (order) sort(matching, order.path, isDescending);
    found = { resources: matching.slice(offset, offset + count), total: matching.length };
  }
  return {
    schemas: [scimUrn.list],
    totalResults: found.total,
    startIndex,
    itemsPerPage: found.resources.length,
    Resources: found.resources,
  };
}

async function collect(source: ListSource, filter: Filter | undefined): Promise<Values[]> {
  const equalities = filter ? equalitiesOf(filter) : [];
  const matching: Values[] = [];
  let after = '';
  for (let read = 0; ; ) {
    const { resources, isNarrow } = await source.batch({ equalities, after, limit: batchSize });
    for (const resource of resources) if (!filter || matches(filter, resource)) matching.push(resource);
    if (resources.length < batchSize) return matching;
    read += resources.length;
    if (!isNarrow && read >= scimLimits.filterCandidates)
      throw invalid(
        'tooMany',
        `The request would read more than ${scimLimits.filterCandidates} resources. Compare userName, externalId or an email address with eq.`,
      );
    after = resources.at(-1)?.id as string;
  }
}

/** Comparisons with `eq` that no match can lack: the filter itself, or what `and` joins. */
function equalitiesOf(filter: Filter): Equalities {
  if (filter.op === 'and') return filter.filters.flatMap(equalitiesOf);
  if (filter.op === 'any') {
    const { attribute, extension } = filter.target;
    const parts = filter.filter.op === 'and' ? filter.filter.filters : [filter.filter];
    if (extension !== undefined) return [];
    return parts.flatMap((part) =>
      part.op === 'eq' && typeof part.value === 'string'
        ? [{ name: `${attribute.name}.${part.target.name}`, value: part.value }]
        : [],
    );
  }
  if (filter.op !== 'eq' || typeof filter.value !== 'string' || filter.target.extension !== undefined) return [];
  const { attribute, sub } = filter.target;
  const leaf = sub?.name ?? (attribute.type === 'complex' ? 'value' : undefined);
  return [{ name: leaf === undefined ? attribute.name : `${attribute.name}.${leaf}`, value: filter.value }];
}

function sortPath(type: ScimResourceType, text: string) {
  const path = findPath(type, text);
  if (!path) throw invalid('invalidPath', `${type.name} has no attribute ${text.slice(0, 80)} to sort by.`);
  const name = path.sub ? `${path.attribute.name}.${path.sub.name}` : path.attribute.name;
  return { path, name: path.extension === undefined ? name : '' };
}

/** Resources without a value come last, in descending order first (RFC 7644 section 3.4.2.3). */
function sort(resources: Values[], path: ReturnType<typeof sortPath>['path'], isDescending: boolean): void {
  const leaf = path.sub ?? path.attribute;
  const keyOf = (resource: Values) => comparable(sortValueOf(resource, path), leaf) as string | undefined;
  const keys = new Map(resources.map((resource) => [resource, keyOf(resource)]));
  const direction = isDescending ? -1 : 1;
  resources.sort((one, other) => {
    const [a, b] = [keys.get(one), keys.get(other)];
    if (a === undefined || b === undefined) return a === b ? 0 : (a === undefined ? 1 : -1) * direction;
    return a < b ? -direction : a > b ? direction : 0;
  });
}
