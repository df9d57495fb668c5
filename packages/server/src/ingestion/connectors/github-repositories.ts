import { ConnectorFailure } from './connector.ts'
import type { GitHubClient, Repository } from './github-client.ts'
import { isRefusedWith } from './remote-failure.ts'

/** As GitHub lists a repository; only what is used here. */
interface WireRepository {
  readonly name: string
  readonly full_name: string
  readonly html_url: string
  readonly owner: { readonly login: string }
  readonly default_branch?: string
  readonly archived?: boolean
  readonly disabled?: boolean
  readonly fork?: boolean
  readonly pushed_at?: string | null
}

export interface FoundRepositories {
  readonly repositories: readonly Repository[]
  /** Copies of others' repositories are read only when they are named. */
  readonly forks: number
}

export interface RepositoryChoice {
  readonly owner: string
  /** `name` or `owner/name`; empty: all of the owner. */
  readonly names: readonly string[]
}

export async function findRepositories(
  client: GitHubClient,
  { owner, names }: RepositoryChoice,
  signal: AbortSignal,
): Promise<FoundRepositories> {
  if (names.length > 0) {
    const repositories: Repository[] = []
    for (const name of new Set(names)) repositories.push(await findNamed(client, { owner, name, signal }))
    return { repositories, forks: 0 }
  }
  const all = await listOwned(client, owner, signal)
  const usable = all.filter((each) => each.disabled !== true).map(toRepository)
  const repositories = usable.filter((each) => !each.isFork)
  return { repositories, forks: usable.length - repositories.length }
}

async function findNamed(
  { octokit, isAnonymous }: GitHubClient,
  { owner, name, signal }: { owner: string; name: string; signal: AbortSignal },
): Promise<Repository> {
  const parts = name.split('/')
  const [holder, repo] = parts.length === 2 ? parts : [owner, name]
  try {
    const place = { owner: holder ?? owner, repo: repo ?? name }
    const { data } = await octokit.request('GET /repos/{owner}/{repo}', { ...place, request: { signal } })
    return toRepository(data)
  } catch (error) {
    if (!isRefusedWith(error, 404)) throw error
    throw new ConnectorFailure(
      isAnonymous
        ? `There is no public repository ${holder}/${repo}. A private one needs an access token.`
        : `There is no repository ${holder}/${repo}, or the access token may not see it.`,
    )
  }
}

/**
 * An organization's repositories are all those the token sees. A user's are the public ones, and those of the token's
 * own list that belong to that user: GitHub lists private ones nowhere else.
 */
async function listOwned(client: GitHubClient, owner: string, signal: AbortSignal): Promise<WireRepository[]> {
  const { octokit } = client
  const page = { per_page: 100, request: { signal } }
  if ((await findOwnerType(client, owner, signal)) === 'Organization') {
    return await octokit.paginate('GET /orgs/{org}/repos', { org: owner, type: 'all', ...page })
  }
  const found = new Map<string, WireRepository>()
  const add = (each: WireRepository) => {
    if (each.owner.login.toLowerCase() === owner.toLowerCase()) found.set(each.full_name, each)
  }
  for (const each of await octokit.paginate('GET /users/{username}/repos', { username: owner, ...page })) {
    // What GitHub marks as optional in this list is there.
    add(each as WireRepository)
  }
  try {
    const own = client.isAnonymous ? [] : await octokit.paginate('GET /user/repos', page)
    for (const each of own) add(each)
  } catch (error) {
    // The token of an app belongs to no user.
    if (!isRefusedWith(error, 403, 404)) throw error
  }
  return [...found.values()].toSorted((a, b) => (a.full_name < b.full_name ? -1 : 1))
}

async function findOwnerType({ octokit }: GitHubClient, owner: string, signal: AbortSignal): Promise<string> {
  try {
    const { data } = await octokit.request('GET /users/{username}', { username: owner, request: { signal } })
    return data.type
  } catch (error) {
    if (!isRefusedWith(error, 404)) throw error
    throw new ConnectorFailure(`GitHub has no user or organization named ${owner}.`)
  }
}

function toRepository(each: WireRepository): Repository {
  return {
    owner: each.owner.login,
    name: each.name,
    fullName: each.full_name,
    url: each.html_url,
    defaultBranch: each.default_branch ?? 'main',
    isArchived: each.archived === true,
    isFork: each.fork === true,
    pushedAt: each.pushed_at ?? null,
  }
}
