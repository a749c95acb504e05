import { join } from 'node:path'
import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'

/** Where files are kept: a disk folder, or an S3-compatible bucket when `S3_URL` is set. */
export type Storage = Pick<Disk, 'put' | 'getBytes' | 'getStream' | 'delete' | 'deleteAll' | 'exists'>

/**
 * Opens the file store. `s3Url` is `https://KEY:SECRET@host/bucket?region=…`; without it files lie under `dataDir/files`.
 */
export async function openStorage({ dataDir, s3Url }: { dataDir: string; s3Url?: string }): Promise<Storage> {
  if (!s3Url) return new Disk(new FSDriver({ location: join(dataDir, 'files'), visibility: 'private' }))
  const { S3Driver } = await import('flydrive/drivers/s3')
  const url = new URL(s3Url)
  const credentials = { accessKeyId: decodeURIComponent(url.username), secretAccessKey: decodeURIComponent(url.password) }
  const bucket = url.pathname.slice(1)
  const region = url.searchParams.get('region') ?? 'auto'
  return new Disk(
    new S3Driver({ credentials, endpoint: url.origin, region, bucket, forcePathStyle: true, visibility: 'private', supportsACL: false }),
  )
}
