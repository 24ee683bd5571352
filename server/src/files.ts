import type { Config } from './config.ts';
import type { Clock } from './kernel/clock.ts';
import type { Log } from './kernel/log.ts';
import { createOutbound } from './kernel/outbound.ts';
import { createDiskStorage, createS3Storage, type FileStorage, s3Host } from './services/file-storage/index.ts';
import { rememberFiles } from './services/file-storage/memory.ts';

interface FilesWorld {
  clock: Clock;
  log: Log;
  /** Absolute folder of the data. */
  dataFolder: string;
  /** Outgoing requests; the SSRF-safe client unless a test answers for the outside. */
  outbound?: typeof fetch;
}

/** Where the bytes of uploads lie: in the data folder, or in the bucket that the operator named. */
export function createFiles(config: Config, { clock, log, dataFolder, outbound }: FilesWorld): FileStorage {
  const { S3_BUCKET: bucket, S3_ENDPOINT: endpoint } = config;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config;
  if (!bucket || !endpoint || !accessKeyId || !secretAccessKey) return createDiskStorage(dataFolder);
  const settings = {
    bucket,
    endpoint,
    accessKeyId,
    secretAccessKey,
    region: config.S3_REGION,
    pathStyle: config.S3_PATH_STYLE === 'true',
    keyPrefix: config.S3_KEY_PREFIX ?? '',
    ...(config.S3_PUBLIC_URL ? { publicUrl: config.S3_PUBLIC_URL } : {}),
  };
  // This host only, and only these requests: the operator may have the store on a private network.
  const toStore = { allowed: [s3Host(settings)], timeLimit: 30_000, sizeLimit: 21 * 1_048_576 };
  const bucketFiles = createS3Storage({ settings, clock, log, outbound: outbound ?? createOutbound(toStore) });
  return rememberFiles(bucketFiles, 64 * 1_048_576);
}
