import { open } from 'node:fs/promises'
import { basename, matchesGlob } from 'node:path/posix'
import type { Configuration } from '../source.ts'
import type { WayOut } from './call-limits.ts'
import {
  type Connector,
  ConnectorFailure,
  type FetchedFile,
  type FetchOptions,
  FileSkipped,
  type Listed,
  type ListedFile,
  type ListingEnd,
  type ListOptions,
} from './connector.ts'
import { findHead, type GitHubClient, openFile, openGitHubClient, type Repository } from './github-client.ts'
import { areComparable, type Cursor, findHeads, readCursor } from './github-heads.ts'
import { findRepositories, type RepositoryChoice } from './github-repositories.ts'
import { diffTrees, type TreeEntry } from './github-trees.ts'
import { optionalText, optionalToken, requiredText, serviceUrl, textList } from './read-configuration.ts'
import { isRefusedWith, toConnectorFailure } from './remote-failure.ts'
import { saveBody, tooLarge } from './save-body.ts'
import { reasonToSkipContent, reasonToSkipPath } from './skip-code-file.ts'

const gitHubUrl = 'https://api.github.com'

interface Settings extends RepositoryChoice {
  /** Undefined: what everybody may read. */
  readonly token: string | undefined
  readonly url: URL
  /** Undefined: each repository's default branch. */
  readonly branch: string | undefined
  /** Folders, files or patterns; empty: everything. */
  readonly paths: readonly string[]
}

export async function openGithub(configuration: Configuration, { egress }: { egress: WayOut }): Promise<Connector> {
  const settings = readSettings(configuration)
  const client = await openGitHubClient({ token: settings.token, url: settings.url, egress })
  return {
    check: (signal) => check(client, settings, signal),
    list: ({ cursor, signal }) => list(client, settings, { cursor, signal }),
    fetch: (file, options) => fetchFile(client, file, options),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function readSettings(configuration: Configuration): Settings {
  const url = serviceUrl(optionalText(configuration, 'base_url') ?? gitHubUrl, 'base_url')
  // GitHub Enterprise Server has its API under the address people know.
  if (url.pathname === '/' && !/^api\./.test(url.hostname)) url.pathname = '/api/v3'
  return {
    token: optionalToken(configuration, 'access_token'),
    url,
    owner: requiredText(configuration, 'username'),
    names: textList(configuration, 'repositories'),
    branch: optionalText(configuration, 'branch'),
    paths: textList(configuration, 'paths').map((path) => path.replace(/^\.?\/+|\/+$/g, '')),
  }
}

async function check(client: GitHubClient, settings: Settings, signal: AbortSignal): Promise<string> {
  const { repositories, forks } = await findRepositories(client, settings, signal)
  if (repositories.length === 0) {
    const only = forks > 0 ? `, only ${count(forks, 'fork')}: name those to read in repositories` : ''
    throw new ConnectorFailure(
      `${settings.owner} has no repositories that ${settings.token === undefined ? 'everybody' : 'the access token'} may see${only}.`,
    )
  }
  const missing: string[] = []
  // Enough to know whether contents may be read; a thousand repositories would take minutes.
  for (const repository of repositories.slice(0, 30)) {
    const head = await findHead(client, repository, { branch: branchOf(settings, repository), signal })
    if (head === undefined) missing.push(repository.name)
  }
  const archived = repositories.filter((each) => each.isArchived).length
  const without = settings.branch === undefined ? 'empty' : `without a branch ${settings.branch}`
  const notes = [
    missing.length > 0 ? `${missing.length} of them ${without}` : '',
    archived > 0 ? `${archived} archived` : '',
    forks > 0 ? `${count(forks, 'fork')} left out, being copies` : '',
  ].filter((note) => note !== '')
  const found = `${count(repositories.length, 'repository', 'repositories')} of ${settings.owner}`
  const sentence = `${[found, ...notes].join(', ')}.`
  if (settings.branch !== undefined && missing.length === repositories.length) throw new ConnectorFailure(sentence)
  return sentence
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

function branchOf(settings: Settings, repository: Repository): string {
  return settings.branch ?? repository.defaultBranch
}

async function* list(
  client: GitHubClient,
  settings: Settings,
  { cursor, signal }: ListOptions,
): AsyncGenerator<Listed, ListingEnd> {
  const { repositories } = await findRepositories(client, settings, signal)
  const asked = JSON.stringify([client.host, settings.owner, settings.names, settings.branch ?? '', settings.paths])
  const found = readCursor(cursor)
  // Other files were listed under another configuration: nothing follows from those.
  const earlier = found?.asked === asked ? found.heads : undefined
  const heads = await findHeads(client, repositories, { branch: settings.branch, earlier: earlier ?? {}, signal })
  // A branch that was misspelt or deleted would be the same as one without files.
  if (settings.branch !== undefined && repositories.every(({ fullName }) => heads[fullName] === undefined))
    throw new ConnectorFailure(`No repository that is read has a branch ${settings.branch}.`)
  const isFull = earlier === undefined || !(await areComparable(client, repositories, { earlier, heads, signal }))
  for (const repository of repositories) {
    const head = heads[repository.fullName]
    if (head === undefined) continue
    const trees = { before: isFull ? undefined : earlier[repository.fullName]?.tree, after: head.tree, signal }
    for await (const change of diffTrees(client, repository, trees)) {
      const path = change.type === 'file' ? change.entry.path : change.path
      if (!isWanted(path, settings.paths)) continue
      if (change.type === 'removed') yield { type: 'removed', key: `${repository.fullName}/${path}` }
      else yield { type: 'file', file: toListed(repository, change.entry, head.commit) }
    }
  }
  return { isFull, cursor: JSON.stringify({ asked, heads } satisfies Cursor) }
}

function isWanted(path: string, paths: readonly string[]): boolean {
  if (paths.length === 0) return true
  // A folder may have the signs of patterns in its name: `app/[id]`.
  return paths.some(
    (each) =>
      path === each || path.startsWith(`${each}/`) || each === '' || (/[*?[{]/.test(each) && matchesGlob(path, each)),
  )
}

/** The commit stands in the address, so that a citation's lines stay where they were. */
function toListed(repository: Repository, { path, kind, sha, size }: TreeEntry, commit: string): ListedFile {
  const place = path.split('/').map(encodeURIComponent).join('/')
  return {
    key: `${repository.fullName}/${path}`,
    name: basename(path),
    url: `${repository.url}/blob/${commit}/${place}`,
    version: kind === 'file' ? sha : `${kind}:${sha}`,
    size,
    mediaType: null,
  }
}

async function fetchFile(
  client: GitHubClient,
  file: ListedFile,
  { path, maxBytes, known, signal }: FetchOptions,
): Promise<FetchedFile | 'unchanged'> {
  const [owner = '', repository = '', ...rest] = file.key.split('/')
  const reason = reasonToSkipKind(file.version) ?? reasonToSkipPath(rest.join('/'))
  if (reason !== undefined) throw new FileSkipped(reason)
  if (file.version === null) throw new ConnectorFailure(`${file.key} was listed without its id.`)
  if (file.version === known) return 'unchanged'
  if ((file.size ?? 0) > maxBytes) throw tooLarge(maxBytes)
  try {
    const content = await openFile(client, { owner, repository, sha: file.version, page: file.url }, signal)
    const size = await saveBody(content, { path, maxBytes, signal })
    const skipped = reasonToSkipContent(await readHead(path))
    if (skipped !== undefined) throw new FileSkipped(skipped)
    return { size, version: file.version, mediaType: null }
  } catch (error) {
    if (error instanceof FileSkipped) throw error
    if (isRefusedWith(error, 404)) throw new FileSkipped('It was deleted meanwhile.', { cause: error })
    throw toConnectorFailure(error, signal)
  }
}

function reasonToSkipKind(version: string | null): string | undefined {
  if (version?.startsWith('symlink:') === true) return 'A symbolic link: what it points to is read where it stands.'
  return version?.startsWith('submodule:') === true
    ? 'A submodule: another repository, to be read as a source of its own.'
    : undefined
}

async function readHead(path: string): Promise<Uint8Array> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
  return buffer.subarray(0, bytesRead)
}
