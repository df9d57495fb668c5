/** A field of a type's `configuration`. Those of type `password` are never shown again. */
export interface ConfigurationField {
  readonly name: string
  readonly type: 'string' | 'password' | 'integer'
  readonly description: string
  readonly optional: boolean
  /** Its only values; absent: any. */
  readonly options?: readonly string[]
}

export interface SourceType {
  readonly id: string
  readonly name: string
  readonly category: 'document' | 'code' | 'data'
  readonly description: string
  /** `upload`: made from a file. `cloud`: connected to, and synced. */
  readonly kind: 'upload' | 'cloud'
  readonly required_fields: readonly ConfigurationField[]
  /** The field that says which server gets the secrets; absent: that is fixed. */
  readonly addressField?: string
}

export const uploadTypes = ['direct_upload', 'csv_upload', 'xlsx_upload'] as const
export type UploadType = (typeof uploadTypes)[number]

function field(
  name: string,
  type: ConfigurationField['type'],
  description: string,
  { optional = false, ...rest }: Partial<Pick<ConfigurationField, 'optional' | 'options'>> = {},
): ConfigurationField {
  return { name, type, description, optional, ...rest }
}

export const sourceTypes: readonly SourceType[] = [
  {
    id: 'google_drive',
    name: 'Google Drive',
    category: 'document',
    description:
      'The files in a Google Drive folder and in the folders in it, shared drives included. Share the folder with the service account.',
    kind: 'cloud',
    required_fields: [
      field('folder_id', 'string', 'Id of the folder, or the address of its page'),
      field('project_id', 'string', 'Google Cloud project of the service account'),
      field('private_key_id', 'string', "Id of the service account's key"),
      field('private_key', 'password', "The service account's private key"),
      field('client_email', 'string', "The service account's e-mail address"),
      field('client_id', 'string', "The service account's client id"),
      field('client_cert_url', 'string', "Address of the service account's certificate", { optional: true }),
    ],
  },
  {
    id: 'github',
    name: 'GitHub',
    category: 'code',
    addressField: 'base_url',
    description:
      'The files of GitHub repositories. Binary, generated and lock files and code of others are left out; so are forks, unless they are named.',
    kind: 'cloud',
    required_fields: [
      field(
        'access_token',
        'password',
        'Personal access token that may read the repositories; public ones only when empty',
        { optional: true },
      ),
      field('username', 'string', 'User or organization that owns the repositories'),
      field('repositories', 'string', 'Names, separated by commas; all of the owner when empty', { optional: true }),
      field('branch', 'string', "Branch to read; each repository's default branch when empty", { optional: true }),
      field('paths', 'string', 'Folders, files or patterns such as **/*.md, separated by commas; all when empty', {
        optional: true,
      }),
      field('base_url', 'string', 'Address of a GitHub Enterprise server; github.com when empty', { optional: true }),
    ],
  },
  {
    id: 'databricks',
    name: 'Databricks',
    category: 'data',
    addressField: 'host',
    description: 'The tables and views of a Databricks workspace, read through a SQL warehouse.',
    kind: 'cloud',
    required_fields: [
      field('host', 'string', 'Host name of the workspace'),
      field('access_token', 'password', 'Personal access token'),
      field('http_path', 'string', 'HTTP path of the SQL warehouse: /sql/1.0/warehouses/…'),
      field('catalog', 'string', 'Catalog to read; all that the token may see when empty', { optional: true }),
      field('schema', 'string', 'Schema to read; all of the catalog when empty', { optional: true }),
    ],
  },
  {
    id: 'web',
    name: 'Web',
    category: 'document',
    description:
      'A page, or the pages of a site with the documents on it. Of a site, robots.txt, noindex and nofollow are respected.',
    kind: 'cloud',
    required_fields: [
      field('url', 'string', 'Address of the page, or of the page where the site starts'),
      field('crawl', 'string', 'page for this page alone, site to follow its links on the same host; page when empty', {
        optional: true,
        options: ['page', 'site'],
      }),
      field('max_pages', 'integer', 'Pages and documents to read at most, up to 10,000; 200 when empty', {
        optional: true,
      }),
      field('max_depth', 'integer', 'Links to follow from the start at most, up to 50; 5 when empty', {
        optional: true,
      }),
      field('include_paths', 'string', 'Beginnings of paths to keep to, separated by commas; all when empty', {
        optional: true,
      }),
      field('exclude_paths', 'string', 'Beginnings of paths to leave out, separated by commas', { optional: true }),
    ],
  },
  {
    id: 's3',
    name: 'S3',
    category: 'data',
    description: 'The objects of a bucket at Amazon S3 or any server that speaks its protocol.',
    kind: 'cloud',
    required_fields: [
      field('region', 'string', 'Region of the bucket, such as eu-central-1; other servers often take auto'),
      field('bucket', 'string', 'Name of the bucket'),
      field('access_key_id', 'string', 'Id of an access key that may list and read the bucket'),
      field('secret_access_key', 'password', 'Its secret'),
      field('endpoint', 'string', 'Address of the server; Amazon S3 when empty', { optional: true }),
      field('prefix', 'string', 'Beginning of the keys to read; all when empty', { optional: true }),
      field(
        'force_path_style',
        'string',
        'true for host/bucket, false for bucket.host; true with an endpoint when empty',
        { optional: true, options: ['true', 'false'] },
      ),
    ],
  },
  {
    id: 'direct_upload',
    name: 'File upload',
    category: 'document',
    description: 'A document, page or source file, uploaded.',
    kind: 'upload',
    required_fields: [],
  },
  {
    id: 'csv_upload',
    name: 'CSV upload',
    category: 'data',
    description: 'A table as comma-separated values, uploaded.',
    kind: 'upload',
    required_fields: [],
  },
  {
    id: 'xlsx_upload',
    name: 'Excel upload',
    category: 'data',
    description: 'An Excel workbook, uploaded.',
    kind: 'upload',
    required_fields: [],
  },
]

export const sourceTypeIds = sourceTypes.map(({ id }) => id)

export function findSourceType(id: string): SourceType | undefined {
  return sourceTypes.find((type) => type.id === id)
}

/** A name that a client made up and that speaks of a secret is treated as one. */
const soundsSecret = /secret|token|passw|credential|private_?key|api_?key|access_?key/i

/** Fields that are encrypted where they are stored and never shown again. */
export function isSecretField(type: string, name: string): boolean {
  const field = findSourceType(type)?.required_fields.find((each) => each.name === name)
  return field === undefined ? soundsSecret.test(name) : field.type === 'password'
}

/** By the file's name alone; what it really is shows when it is parsed. */
export function uploadTypeOf(fileName: string): UploadType {
  if (/\.(csv|tsv)$/i.test(fileName)) return 'csv_upload'
  return /\.(xlsx|xlsm)$/i.test(fileName) ? 'xlsx_upload' : 'direct_upload'
}
