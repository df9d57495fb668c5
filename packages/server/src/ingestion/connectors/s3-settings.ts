import type { Configuration } from '../source.ts'
import { ConnectorFailure } from './connector.ts'
import { optionalText, requiredText, requiredToken, serviceUrl } from './read-configuration.ts'

export interface S3Settings {
  readonly endpoint: URL
  readonly region: string
  readonly bucket: string
  readonly prefix: string | undefined
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** `host/bucket` rather than `bucket.host`, as most servers other than AWS's want it. */
  readonly isPathStyle: boolean
}

/** Throws a `ConnectorFailure` that names what is wrong. */
export function readS3Settings(configuration: Configuration): S3Settings {
  const region = requiredText(configuration, 'region')
  // It becomes part of a host name.
  if (!/^[a-z0-9-]{1,50}$/.test(region))
    throw new ConnectorFailure('The field region looks like eu-central-1, or auto.')
  const bucket = requiredText(configuration, 'bucket')
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i.test(bucket))
    throw new ConnectorFailure('The field bucket is the name of a bucket alone, without an address or a path.')
  const endpoint = optionalText(configuration, 'endpoint')
  return {
    endpoint: endpoint === undefined ? amazonEndpoint(region) : serviceUrl(endpoint, 'endpoint'),
    region,
    bucket,
    prefix: optionalText(configuration, 'prefix')?.replace(/^\/+/, ''),
    accessKeyId: requiredToken(configuration, 'access_key_id'),
    secretAccessKey: requiredToken(configuration, 'secret_access_key'),
    isPathStyle: pathStyle(optionalText(configuration, 'force_path_style'), endpoint !== undefined),
  }
}

function amazonEndpoint(region: string): URL {
  return new URL(`https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`)
}

function pathStyle(text: string | undefined, hasEndpoint: boolean): boolean {
  if (text === undefined) return hasEndpoint
  if (/^(true|yes|1)$/i.test(text)) return true
  if (/^(false|no|0)$/i.test(text)) return false
  throw new ConnectorFailure('The field force_path_style is true or false.')
}
