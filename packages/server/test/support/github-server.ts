import { createHash } from 'node:crypto'
import {
  type ProtocolReply,
  type ProtocolRequest,
  type ProtocolServer,
  startProtocolServer,
} from './protocol-server.ts'

export interface GitHubServer extends ProtocolServer {
  addOwner(login: string, type?: 'User' | 'Organization'): void
  addRepository(fullName: string, options?: RepositoryOptions): void
  removeRepository(fullName: string): void
  /** A commit on top of the branch; null takes a file away. `isForced` starts from nothing, and the old trees are gone. */
  commit(fullName: string, changes: Changes, options?: { branch?: string; isForced?: boolean }): string
  /** Recursive trees of more entries than this are cut off. */
  truncateTreesAbove(entries: number): void
}

export type Changes = Readonly<Record<string, string | Uint8Array | null | { symlink: string } | { submodule: string }>>

interface RepositoryOptions {
  readonly isPrivate?: boolean
  readonly isArchived?: boolean
  readonly isFork?: boolean
  readonly isDisabled?: boolean
  readonly branch?: string
}

interface Entry {
  readonly mode: '100644' | '120000' | '160000' | '040000'
  readonly sha: string
  readonly size?: number
}

type Files = ReadonlyMap<string, Entry>

class Repository {
  readonly fullName: string
  readonly options: RepositoryOptions
  readonly branches = new Map<string, { commit: string; tree: string; files: Files }>()
  readonly trees = new Map<string, ReadonlyMap<string, Entry>>()
  readonly blobs = new Map<string, Uint8Array>()
  pushedAt: Date | null = null

  constructor(fullName: string, options: RepositoryOptions) {
    this.fullName = fullName
    this.options = options
  }

  get branch(): string {
    return this.options.branch ?? 'main'
  }

  commit(changes: Changes, { branch = this.branch, isForced = false } = {}): string {
    if (isForced) {
      this.trees.clear()
      this.blobs.clear()
    }
    this.pushedAt = new Date(Math.max(Date.now() - 3_600_000, (this.pushedAt?.getTime() ?? 0) + 1000))
    const files = new Map(isForced ? [] : this.branches.get(branch)?.files)
    for (const [path, content] of Object.entries(changes)) {
      if (content === null) files.delete(path)
      else files.set(path, this.#store(content))
    }
    const tree = this.#storeTree(files)
    const commit = hashOf(
      'commit',
      Buffer.from(`tree ${tree}\n${this.branches.get(branch)?.commit ?? ''}\n${Math.random()}`),
    )
    this.branches.set(branch, { commit, tree, files })
    return commit
  }

  #store(content: NonNullable<Changes[string]>): Entry {
    if (typeof content === 'object' && 'submodule' in content) return { mode: '160000', sha: content.submodule }
    const isLink = typeof content === 'object' && 'symlink' in content
    const bytes = Buffer.from(isLink ? content.symlink : content)
    const sha = hashOf('blob', bytes)
    this.blobs.set(sha, bytes)
    return { mode: isLink ? '120000' : '100644', sha, size: bytes.length }
  }

  /** Folders become trees of their own, with the ids that git gives them. */
  #storeTree(files: Files): string {
    const entries = new Map<string, Entry>()
    const folders = new Map<string, Map<string, Entry>>()
    for (const [path, entry] of files) {
      const [folder, ...rest] = path.split('/')
      if (rest.length === 0) entries.set(path, entry)
      else {
        const inside = folders.get(folder ?? '') ?? new Map<string, Entry>()
        folders.set(folder ?? '', inside.set(rest.join('/'), entry))
      }
    }
    for (const [name, inside] of folders) entries.set(name, { mode: '040000', sha: this.#storeTree(inside) })
    const sorted = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const body = sorted.flatMap(([name, { mode, sha }]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(sha, 'hex')])
    const sha = hashOf('tree', Buffer.concat(body))
    this.trees.set(sha, new Map(sorted))
    return sha
  }

  listTree(sha: string, isRecursive: boolean): object[] {
    return [...(this.trees.get(sha) ?? [])].flatMap(([path, entry]) => {
      const type = entry.mode === '040000' ? 'tree' : entry.mode === '160000' ? 'commit' : 'blob'
      const node = {
        path,
        mode: entry.mode,
        type,
        sha: entry.sha,
        ...(entry.size === undefined ? {} : { size: entry.size }),
      }
      if (type !== 'tree' || !isRecursive) return [node]
      const inside = this.listTree(entry.sha, true) as { path: string }[]
      return [node, ...inside.map((each) => ({ ...each, path: `${path}/${each.path}` }))]
    })
  }
}

function hashOf(type: string, bytes: Uint8Array): string {
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex')
}

/** GitHub's REST API as far as reading repositories goes: owners, lists with pages, commits, trees and blobs. */
export async function startGitHubServer({ token }: { token: string }): Promise<GitHubServer> {
  const owners = new Map<string, 'User' | 'Organization'>()
  const repositories = new Map<string, Repository>()
  let largestTree = 100_000
  const answer = (request: ProtocolRequest, url: string): ProtocolReply => {
    const { authorization } = request.headers
    if (authorization !== undefined && authorization !== `token ${token}`) return refuse(401, 'Bad credentials')
    const all = [...repositories.values()].filter(
      ({ options }) => authorization !== undefined || options.isPrivate !== true,
    )
    if (!request.path.startsWith('/api/v3/')) return answerPage(all, request.path)
    if (authorization === undefined && request.path === '/api/v3/user/repos')
      return refuse(401, 'Requires authentication')
    const parts = request.path.replace('/api/v3', '').split('/').slice(1)
    if (parts[0] === 'repos') {
      const name = `${parts[1]}/${parts[2]}`.toLowerCase()
      const repository = all.find(({ fullName }) => fullName.toLowerCase() === name)
      if (repository === undefined) return refuse(404, 'Not Found')
      return answerRepository(repository, parts.slice(3), { request, url, largestTree })
    }
    const owned = (login: string) =>
      all.filter(({ fullName }) => fullName.toLowerCase().startsWith(`${login}/`.toLowerCase()))
    const type = owners.get(parts[1]?.toLowerCase() ?? '')
    if (parts.join('/') === 'user/repos') return page(all, request, url)
    if (type === undefined) return refuse(404, 'Not Found')
    if (parts.length === 2) return { body: { login: parts[1], type } }
    if (parts[0] === 'orgs' && type === 'Organization') return page(owned(parts[1] ?? ''), request, url)
    if (parts[0] === 'users') {
      return page(
        owned(parts[1] ?? '').filter(({ options }) => options.isPrivate !== true),
        request,
        url,
      )
    }
    return refuse(404, 'Not Found')
  }
  const find = (fullName: string) => {
    const found = repositories.get(fullName.toLowerCase())
    if (found === undefined) throw new Error(`The test made no repository ${fullName}`)
    return found
  }
  return {
    ...(await startProtocolServer(answer)),
    addOwner: (login, type = 'User') => void owners.set(login.toLowerCase(), type),
    addRepository: (fullName, options = {}) =>
      void repositories.set(fullName.toLowerCase(), new Repository(fullName, options)),
    removeRepository: (fullName) => void repositories.delete(fullName.toLowerCase()),
    commit: (fullName, changes, options) => find(fullName).commit(changes, options),
    truncateTreesAbove: (entries) => {
      largestTree = entries
    },
  }
}

/** A file as it is, at a commit: what everybody can have without the API. */
function answerPage(all: readonly Repository[], path: string): ProtocolReply {
  const [, fullName, commit, file = ''] = /^\/([^/]+\/[^/]+)\/raw\/([^/]+)\/(.+)$/.exec(path) ?? []
  const repository = all.find((each) => each.fullName === fullName)
  const branch = repository?.branches.values().find((each) => each.commit === commit)
  const blob = repository?.blobs.get(branch?.files.get(file)?.sha ?? '')
  return blob === undefined ? { status: 404, body: 'Not Found' } : { body: blob }
}

function answerRepository(
  repository: Repository,
  parts: readonly string[],
  { request, url, largestTree }: { request: ProtocolRequest; url: string; largestTree: number },
): ProtocolReply {
  const [area, kind, sha = ''] = parts
  if (area === undefined) return { body: describe(repository, url) }
  if (area === 'commits') {
    if (repository.branches.size === 0) return refuse(409, 'Git Repository is empty.')
    const head = repository.branches.get(request.query.get('sha') ?? repository.branch)
    if (head === undefined) return refuse(404, 'Not Found')
    return { body: [{ sha: head.commit, commit: { message: 'A change', tree: { sha: head.tree } } }] }
  }
  if (area === 'git' && kind === 'trees') {
    if (!repository.trees.has(sha)) return refuse(404, 'Not Found')
    const isRecursive = request.query.has('recursive')
    const tree = repository.listTree(sha, isRecursive)
    const isTruncated = isRecursive && tree.length > largestTree
    return { body: { sha, tree: isTruncated ? tree.slice(0, largestTree) : tree, truncated: isTruncated } }
  }
  const blob = area === 'git' && kind === 'blobs' ? repository.blobs.get(sha) : undefined
  if (blob === undefined) return refuse(404, 'Not Found')
  if (request.headers.accept?.includes('raw') === true) {
    return { headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' }, body: blob }
  }
  return { body: { sha, size: blob.length, encoding: 'base64', content: Buffer.from(blob).toString('base64') } }
}

function describe({ fullName, options, branch, pushedAt }: Repository, url: string): object {
  const [login, name] = fullName.split('/')
  return {
    name,
    full_name: fullName,
    owner: { login },
    private: options.isPrivate ?? false,
    html_url: `${url}/${fullName}`,
    fork: options.isFork ?? false,
    archived: options.isArchived ?? false,
    disabled: options.isDisabled ?? false,
    default_branch: branch,
    pushed_at: pushedAt?.toISOString() ?? null,
  }
}

function page(all: readonly Repository[], { path, query }: ProtocolRequest, url: string): ProtocolReply {
  const size = Number(query.get('per_page') ?? 30)
  const number = Number(query.get('page') ?? 1)
  const hasMore = all.length > size * number
  const next = new URLSearchParams({ ...Object.fromEntries(query), page: String(number + 1) })
  return {
    headers: hasMore ? { link: `<${url}${path}?${next}>; rel="next"` } : {},
    body: all.slice(size * (number - 1), size * number).map((each) => describe(each, url)),
  }
}

function refuse(status: number, message: string): ProtocolReply {
  return { status, body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) } }
}
