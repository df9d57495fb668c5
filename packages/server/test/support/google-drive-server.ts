import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { importSPKI, jwtVerify } from 'jose'
import { Egress } from '../../src/egress/egress.ts'
import {
  type ProtocolReply,
  type ProtocolRequest,
  type ProtocolServer,
  startProtocolServer,
} from './protocol-server.ts'

export interface GoogleDriveServer extends ProtocolServer {
  /** Takes calls to Google's own addresses here, which are fixed in Google's client. */
  readonly egress: Pick<Egress, 'fetchWithin'>
  /** As a source's configuration has it, line ends written as `\n`. */
  readonly serviceAccount: Readonly<Record<string, string>>
  /** Adds a file or replaces what it has; returns its id. */
  put(file: Partial<StoredFile> & { readonly name: string }): string
  /** Deletes it for good; or, with `trash`, puts it where `trashed` says so. */
  remove(id: string, options?: { readonly trash?: boolean }): void
  /** Forgets all page tokens handed out so far. */
  expireTokens(): void
}

interface StoredFile {
  readonly id: string
  readonly name: string
  readonly mimeType: string
  readonly parents: readonly string[]
  readonly content: string | Uint8Array
  readonly driveId: string | undefined
  readonly target: string | undefined
  readonly trashed: boolean
  readonly modifiedTime: string
  /** Refused with this reason when its content is asked for. */
  readonly refusal: string | undefined
}

const googleType = 'application/vnd.google-apps.'
const exportLimit = 10 * 1024 * 1024
const tokenAddress = 'https://oauth2.googleapis.com/token'

/** Google's token endpoint and Drive API v3, as far as reading a folder goes. It accepts one service account's key. */
export async function startGoogleDriveServer({ pageSize = 1000 } = {}): Promise<GoogleDriveServer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const email = 'reader@quory-test.iam.gserviceaccount.com'
  const accessTokens = new Set<string>()
  const files = new Map<string, StoredFile>()
  const changes: string[] = []
  let oldestChange = 0

  const issueToken = async ({ body }: ProtocolRequest): Promise<ProtocolReply> => {
    const form = new URLSearchParams(body)
    try {
      const key = await importSPKI(publicKey, 'RS256')
      const { payload } = await jwtVerify(form.get('assertion') ?? '', key, {
        algorithms: ['RS256'],
        audience: tokenAddress,
        issuer: email,
        maxTokenAge: '1h',
      })
      if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') throw new Error('grant type')
      if (payload['scope'] !== 'https://www.googleapis.com/auth/drive.readonly') throw new Error('scope')
    } catch {
      return { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } }
    }
    const token = `ya29.${randomUUID()}`
    accessTokens.add(token)
    return { body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } }
  }

  const answer = async (request: ProtocolRequest): Promise<ProtocolReply> => {
    if (request.path === '/token') return await issueToken(request)
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    if (!accessTokens.has(token)) return refuse(401, 'authError', 'Invalid Credentials')
    const [area, id, action] = request.path.replace('/drive/v3/', '').split('/')
    if (area === 'changes')
      return answerChanges(request, { files, changes, oldestChange, pageSize, isStart: id === 'startPageToken' })
    if (area !== 'files') return refuse(404, 'notFound', 'Not Found')
    if (id === undefined) return listFiles(request, files, pageSize)
    const file = files.get(id)
    if (file === undefined) return refuse(404, 'notFound', `File not found: ${id}.`)
    if (action === 'export') return exportFile(file, request)
    return request.query.get('alt') === 'media' ? download(file) : { body: describe(file, files) }
  }

  const server = await startProtocolServer(answer)
  const egress = new Egress({ allow: [{ type: 'host', host: '127.0.0.1', port: undefined }] })
  return {
    ...server,
    egress: {
      fetchWithin: (limits) => (input, init) => {
        const { host, pathname, search } = new URL(String(input))
        if (!host.endsWith('.googleapis.com')) throw new Error(`A call to ${host}`)
        return egress.fetchWithin(limits)(server.url + pathname + search, init)
      },
    },
    serviceAccount: {
      client_email: email,
      client_id: '100000000000000000001',
      project_id: 'quory-test',
      private_key_id: '0123456789abcdef',
      private_key: privateKey.replaceAll('\n', '\\n'),
    },
    put: (file) => {
      const id = file.id ?? randomUUID().replaceAll('-', '')
      const modifiedTime = new Date(Date.UTC(2026, 0, 1) + changes.length * 1000).toISOString()
      const fresh = {
        mimeType: 'text/plain',
        parents: [],
        content: '',
        driveId: undefined,
        target: undefined,
        trashed: false,
        refusal: undefined,
      }
      files.set(id, { ...fresh, ...files.get(id), modifiedTime, ...file, id })
      changes.push(id)
      return id
    },
    remove: (id, { trash = false } = {}) => {
      const file = files.get(id)
      if (trash && file !== undefined) files.set(id, { ...file, trashed: true })
      else files.delete(id)
      changes.push(id)
    },
    expireTokens: () => {
      oldestChange = changes.length
      changes.push('')
    },
  }
}

function describe(file: StoredFile, files: ReadonlyMap<string, StoredFile>): object {
  const { id, name, mimeType, parents, content, driveId, target, trashed, modifiedTime } = file
  const bytes = Buffer.from(content)
  const isGoogle = mimeType.startsWith(googleType)
  return {
    id,
    name,
    mimeType,
    parents,
    trashed,
    modifiedTime,
    webViewLink: `https://drive.google.com/file/d/${id}/view`,
    ...(driveId === undefined ? {} : { driveId }),
    ...(isGoogle ? {} : { size: String(bytes.length), md5Checksum: createHash('md5').update(bytes).digest('hex') }),
    ...(target === undefined
      ? {}
      : { shortcutDetails: { targetId: target, targetMimeType: files.get(target)?.mimeType } }),
  }
}

function listFiles(
  { query }: ProtocolRequest,
  files: ReadonlyMap<string, StoredFile>,
  pageSize: number,
): ProtocolReply {
  const asked = query.get('q') ?? ''
  const parents = new Set([...asked.matchAll(/'([^']+)' in parents/g)].map(([, id]) => id))
  if (!asked.includes('trashed = false')) return refuse(400, 'invalid', 'Invalid Value')
  const drive = query.get('corpora') === 'drive' ? query.get('driveId') : undefined
  const seesShared = query.get('supportsAllDrives') === 'true' && query.get('includeItemsFromAllDrives') === 'true'
  const found = [...files.values()].filter(
    (file) =>
      !file.trashed &&
      file.parents.some((parent) => parents.has(parent)) &&
      (drive === undefined || file.driveId === drive) &&
      (seesShared || file.driveId === undefined),
  )
  const start = Number(query.get('pageToken') ?? 0)
  const end = start + Math.min(pageSize, Number(query.get('pageSize') ?? 100))
  return {
    body: {
      files: found.slice(start, end).map((file) => describe(file, files)),
      incompleteSearch: false,
      ...(end < found.length ? { nextPageToken: String(end) } : {}),
    },
  }
}

interface ChangeLog {
  readonly files: ReadonlyMap<string, StoredFile>
  readonly changes: readonly string[]
  readonly oldestChange: number
  readonly pageSize: number
  readonly isStart: boolean
}

function answerChanges(
  { query }: ProtocolRequest,
  { files, changes, oldestChange, pageSize, isStart }: ChangeLog,
): ProtocolReply {
  if (isStart) return { body: { kind: 'drive#startPageToken', startPageToken: String(changes.length) } }
  const start = Number(query.get('pageToken'))
  if (!(start > oldestChange)) return refuse(400, 'invalid', 'Invalid Value')
  const end = Math.min(start + pageSize, changes.length)
  const newest = [...new Set(changes.slice(start, end).filter((id) => id !== ''))]
  return {
    body: {
      changes: newest.map((fileId) => {
        const file = files.get(fileId)
        return file === undefined ? { fileId, removed: true } : { fileId, removed: false, file: describe(file, files) }
      }),
      ...(end < changes.length ? { nextPageToken: String(end) } : { newStartPageToken: String(changes.length) }),
    },
  }
}

function download(file: StoredFile): ProtocolReply {
  if (file.refusal !== undefined) return refuse(403, file.refusal, 'This file cannot be downloaded.')
  if (file.mimeType.startsWith(googleType))
    return refuse(403, 'fileNotDownloadable', 'Only files with binary content can be downloaded.')
  return { headers: { 'content-type': file.mimeType }, body: file.content }
}

function exportFile(file: StoredFile, { query }: ProtocolRequest): ProtocolReply {
  if (file.content.length > exportLimit)
    return refuse(403, 'exportSizeLimitExceeded', 'This file is too large to be exported.')
  const type = query.get('mimeType') ?? ''
  return { headers: { 'content-type': type }, body: file.content }
}

function refuse(code: number, reason: string, message: string): ProtocolReply {
  return { status: code, body: { error: { errors: [{ domain: 'global', reason, message }], code, message } } }
}
