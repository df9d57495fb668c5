import type { Octokit } from '@octokit/core'
import type { PaginateInterface } from '@octokit/plugin-paginate-rest'
import { version } from '../../version.ts'
import { type Fetch, fetchAnswers, fetchFiles, type WayOut } from './call-limits.ts'
import { ConnectorFailure } from './connector.ts'
import { isRefusedWith, RemoteRefusal, retryAfter, toConnectorFailure } from './remote-failure.ts'
import { retryPassing } from './retry-passing.ts'

/** What GitHub asks for after a secondary limit that names no time. */
const secondaryLimitMs = 60_000

export interface Repository {
  readonly owner: string
  readonly name: string
  readonly fullName: string
  readonly url: string
  readonly defaultBranch: string
  readonly isArchived: boolean
  readonly isFork: boolean
  /** When anything was last pushed to it, on whatever branch. */
  readonly pushedAt: string | null
}

export interface GitHubClient {
  readonly octokit: Octokit & { readonly paginate: PaginateInterface }
  readonly host: string
  readonly fetchFile: Fetch
  /** Without a token, for what everybody may read. */
  readonly isAnonymous: boolean
}

/** Octokit over our own way out, whose every error is a `ConnectorFailure`. */
export async function openGitHubClient({
  token,
  url,
  egress,
}: {
  token: string | undefined
  url: URL
  egress: WayOut
}): Promise<GitHubClient> {
  const [{ Octokit }, { paginateRest }] = await Promise.all([
    import('@octokit/core'),
    import('@octokit/plugin-paginate-rest'),
  ])
  const silent = () => undefined
  const octokit = new (Octokit.plugin(paginateRest))({
    ...(token === undefined ? {} : { auth: token }),
    baseUrl: url.href.replace(/\/+$/, ''),
    userAgent: `quory/${version}`,
    request: { fetch: fetchAnswers(egress) },
    log: { debug: silent, info: silent, warn: silent, error: silent },
  })
  octokit.hook.wrap('request', async (send, options) => {
    const signal = options.request?.signal ?? new AbortController().signal
    return await retryPassing(signal, async () => {
      try {
        return await send(options)
      } catch (error) {
        throw toGitHubFailure(error, { host: url.host, isAnonymous: token === undefined }, signal)
      }
    })
  })
  return { octokit, host: url.host, fetchFile: fetchFiles(egress), isAnonymous: token === undefined }
}

interface Refused {
  readonly status: number
  readonly response: {
    readonly headers: Readonly<Record<string, string | number | undefined>>
    readonly data: unknown
  }
}

function isRefused(error: unknown): error is Error & Refused {
  return error instanceof Error && 'response' in error && error.response !== undefined && 'status' in error
}

interface Caller {
  readonly host: string
  readonly isAnonymous: boolean
}

function toGitHubFailure(error: unknown, { host, isAnonymous }: Caller, signal: AbortSignal): unknown {
  if (!isRefused(error)) return toConnectorFailure(error, signal)
  const { status } = error
  const header = (name: string) => error.response.headers[name]?.toString()
  const said = quote(error.response.data)
  const passing = (message: string, wait: { readonly retryAfterMs?: number }) =>
    new RemoteRefusal(status, message, { isPassing: true, cause: error, ...wait })
  if (status === 403 || status === 429) {
    const waitMs = limitedForMs(header, said)
    if (waitMs !== undefined) {
      const whom = isAnonymous ? 'without an access token' : 'from this token'
      return passing(`${host} wants fewer requests ${whom}; it goes on in ${Math.ceil(waitMs / 1000)} s.`, {
        retryAfterMs: waitMs,
      })
    }
  }
  if (status >= 500) return passing(`${host} is out of order (${status}).`, retryAfter(header('retry-after')))
  return new RemoteRefusal(
    status,
    isAnonymous
      ? `${host} refused the request with ${status}${said}: without an access token only public repositories can be read.`
      : sentence(status, { host, said, isSingleSignOn: header('x-github-sso') !== undefined }),
    {
      cause: error,
    },
  )
}

/** Until when a rate limit lasts; undefined when the refusal has another cause. */
function limitedForMs(header: (name: string) => string | undefined, said: string): number | undefined {
  const { retryAfterMs } = retryAfter(header('retry-after'))
  if (retryAfterMs !== undefined) return retryAfterMs
  if (header('x-ratelimit-remaining') === '0') {
    const resetMs = Number(header('x-ratelimit-reset')) * 1000 - Date.now()
    return Number.isFinite(resetMs) ? Math.max(resetMs, 1000) : secondaryLimitMs
  }
  return /rate limit|abuse detection/i.test(said) ? secondaryLimitMs : undefined
}

function sentence(
  status: number,
  { host, said, isSingleSignOn }: { host: string; said: string; isSingleSignOn: boolean },
): string {
  if (status === 401) return `${host} does not accept the access token: it is wrong, expired or revoked.`
  if (isSingleSignOn) return 'The organization wants the access token to be authorized for single sign-on first.'
  if (status === 403) return `The access token may not read this${said}. It needs read access to contents and metadata.`
  if (status === 404) return `${host} has nothing there that the access token may read.`
  return `${host} refused the request with ${status}${said}.`
}

/** What GitHub says of a refusal, as the end of a sentence. */
function quote(data: unknown): string {
  const message = typeof data === 'object' && data !== null && 'message' in data ? String(data.message) : ''
  return message === '' ? '' : ` (“${message.slice(0, 200).replace(/[.\s]+$/, '')}”)`
}

/** The newest commit of a branch and its tree. Undefined: an empty repository, or one without that branch. */
export async function findHead(
  { octokit }: GitHubClient,
  { owner, name }: Repository,
  { branch, signal }: { branch: string; signal: AbortSignal },
): Promise<{ commit: string; tree: string } | undefined> {
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits', {
      owner,
      repo: name,
      sha: branch,
      per_page: 1,
      request: { signal },
    })
    const [newest] = data
    return newest === undefined ? undefined : { commit: newest.sha, tree: newest.commit.tree.sha }
  } catch (error) {
    // 409: the repository is empty; 404: it has no such branch; 451: it was taken down.
    if (isRefusedWith(error, 404, 409, 451)) return undefined
    throw error
  }
}

/** Whether a tree can still be read: after a force push the old one may be gone. */
export async function hasTree(
  { octokit }: GitHubClient,
  { owner, name }: Repository,
  { tree, signal }: { tree: string; signal: AbortSignal },
): Promise<boolean> {
  try {
    const place = { owner, repo: name, tree_sha: tree }
    await octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', { ...place, request: { signal } })
    return true
  } catch (error) {
    if (isRefusedWith(error, 404, 409, 422)) return false
    throw error
  }
}

interface FileOfRepository {
  readonly owner: string
  readonly repository: string
  readonly sha: string
  /** Its page at the commit that was listed. */
  readonly page: string | null
}

/** A file's bytes as they come: of the API's blobs, or without a token, when 60 calls an hour are all, from its page. */
export async function openFile(
  { octokit, host, fetchFile, isAnonymous }: GitHubClient,
  { owner, repository, sha, page }: FileOfRepository,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const raw = page?.replace(/^(https?:(?:\/\/[^/]+)(?:\/[^/]+){2})\/blob\//, '$1/raw/')
  const request = { signal, fetch: fetchFile, parseSuccessResponseBody: false }
  const { data } =
    isAnonymous && raw !== undefined
      ? await octokit.request({ method: 'GET', url: raw, request })
      : await octokit.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
          owner,
          repo: repository,
          file_sha: sha,
          headers: { accept: 'application/vnd.github.raw+json' },
          request,
        })
  const body: unknown = data
  if (body instanceof ReadableStream) return body
  throw new ConnectorFailure(`${host} answered without the file.`, { isPassing: true })
}
