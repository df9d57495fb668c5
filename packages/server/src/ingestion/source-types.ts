/** A field of a type's `configuration`. Those of type `password` are never shown again. */
export interface ConfigurationField {
  readonly name: string
  readonly type: 'string' | 'password' | 'integer'
  readonly description: string
  readonly optional: boolean
}

export interface SourceType {
  readonly id: string
  readonly name: string
  readonly category: 'document' | 'code' | 'data'
  readonly description: string
  /** `upload`: made from a file. `cloud`: can be configured; connecting comes later. */
  readonly kind: 'upload' | 'cloud'
  readonly required_fields: readonly ConfigurationField[]
}

export const uploadTypes = ['direct_upload', 'csv_upload', 'xlsx_upload'] as const
export type UploadType = (typeof uploadTypes)[number]

const later = 'Can be configured now; connecting to it comes with a later version.'

function field(
  name: string,
  type: ConfigurationField['type'],
  description: string,
  { optional = false } = {},
): ConfigurationField {
  return { name, type, description, optional }
}

export const sourceTypes: readonly SourceType[] = [
  {
    id: 'google_drive',
    name: 'Google Drive',
    category: 'document',
    description: `Documents of a Google Drive folder. ${later}`,
    kind: 'cloud',
    required_fields: [
      field('folder_id', 'string', 'Id of the folder'),
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
    description: `Source code of GitHub repositories. ${later}`,
    kind: 'cloud',
    required_fields: [
      field('access_token', 'password', 'Personal access token that may read the repositories'),
      field('username', 'string', 'User or organization that owns the repositories'),
    ],
  },
  {
    id: 'databricks',
    name: 'Databricks',
    category: 'data',
    description: `Tables of a Databricks workspace. ${later}`,
    kind: 'cloud',
    required_fields: [
      field('host', 'string', 'Host name of the workspace'),
      field('access_token', 'password', 'Personal access token'),
      field('http_path', 'string', 'HTTP path of the SQL warehouse'),
      field('catalog', 'string', 'Catalog to read', { optional: true }),
      field('schema', 'string', 'Schema to read', { optional: true }),
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

/** By the file's name alone; what it really is shows when it is parsed. */
export function uploadTypeOf(fileName: string): UploadType {
  if (/\.(csv|tsv)$/i.test(fileName)) return 'csv_upload'
  return /\.(xlsx|xlsm)$/i.test(fileName) ? 'xlsx_upload' : 'direct_upload'
}
