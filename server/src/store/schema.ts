import type { DirectoryTables } from './schema-directory.ts';
import type { OrganizationsTables } from './schema-organizations.ts';
import type { ProtocolTables } from './schema-protocol.ts';
import type { SettingsTables } from './schema-settings.ts';

/** Rows as PostgreSQL keeps them (snake_case). Only `store.ts` files see these; they map them to the shapes of their feature. */
export interface Tables extends DirectoryTables, ProtocolTables, OrganizationsTables, SettingsTables {}
