import { ConnectorFailure } from './connector.ts'
import type { GitHubClient, Repository } from './github-client.ts'

/** What stands at a path of a repository: a file, a link to another path, or another repository at a commit. */
export interface TreeEntry {
  readonly path: string
  readonly kind: 'file' | 'symlink' | 'submodule'
  readonly sha: string
  readonly size: number | null
}

export type TreeChange =
  | { readonly type: 'file'; readonly entry: TreeEntry }
  | { readonly type: 'removed'; readonly path: string }

interface Node {
  readonly path: string
  readonly mode: string
  readonly type: string
  readonly sha: string
  readonly size?: number | undefined
}

interface Tree {
  readonly nodes: readonly Node[]
  readonly isTruncated: boolean
}

/**
 * What differs between two trees of a repository; without `before`, all of `after`. Two requests say it exactly: with
 * modes and sizes, without the limit of 300 files that comparing commits has, and after a force push too. What is too
 * large for one answer is compared folder by folder, and folders that did not change are not opened.
 */
export async function* diffTrees(
  client: GitHubClient,
  repository: Repository,
  { before, after, signal }: { before: string | undefined; after: string | undefined; signal: AbortSignal },
  folder = '',
): AsyncGenerator<TreeChange> {
  if (before === after) return
  const read = async (sha: string | undefined, isRecursive: boolean): Promise<Tree> =>
    sha === undefined
      ? { nodes: [], isTruncated: false }
      : await readTree(client, repository, { sha, isRecursive, signal })
  const [old, current] = await Promise.all([read(before, true), read(after, true)])
  if (!old.isTruncated && !current.isTruncated) {
    yield* diffNodes(old.nodes.filter(isLeaf), current.nodes.filter(isLeaf), folder)
    return
  }
  const [oldLevel, level] = await Promise.all([read(before, false), read(after, false)])
  if (oldLevel.isTruncated || level.isTruncated) {
    const place = `${repository.fullName}/${folder}`
    throw new ConnectorFailure(`The folder ${place} holds more files than GitHub lists. Name other folders in paths.`)
  }
  yield* diffNodes(oldLevel.nodes.filter(isLeaf), level.nodes.filter(isLeaf), folder)
  const oldFolders = new Map(oldLevel.nodes.filter(isFolder).map((node) => [node.path, node.sha]))
  const folders = new Map(level.nodes.filter(isFolder).map((node) => [node.path, node.sha]))
  for (const path of new Set([...oldFolders.keys(), ...folders.keys()])) {
    const inside = { before: oldFolders.get(path), after: folders.get(path), signal }
    yield* diffTrees(client, repository, inside, `${folder}${path}/`)
  }
}

const isFolder = (node: Node) => node.type === 'tree'
const isLeaf = (node: Node) => node.type !== 'tree'

function* diffNodes(before: readonly Node[], after: readonly Node[], folder: string): Generator<TreeChange> {
  const left = new Map(before.map((node) => [node.path, node]))
  for (const node of after) {
    const old = left.get(node.path)
    left.delete(node.path)
    if (old?.sha === node.sha && old.mode === node.mode) continue
    const { sha, size = null } = node
    yield { type: 'file', entry: { path: folder + node.path, kind: kindOf(node), sha, size } }
  }
  for (const path of left.keys()) yield { type: 'removed', path: folder + path }
}

function kindOf({ type, mode }: Node): TreeEntry['kind'] {
  if (type === 'commit') return 'submodule'
  return mode === '120000' ? 'symlink' : 'file'
}

async function readTree(
  { octokit }: GitHubClient,
  { owner, name }: Repository,
  { sha, isRecursive, signal }: { sha: string; isRecursive: boolean; signal: AbortSignal },
): Promise<Tree> {
  const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    owner,
    repo: name,
    tree_sha: sha,
    ...(isRecursive ? { recursive: '1' } : {}),
    request: { signal },
  })
  return { nodes: data.tree, isTruncated: data.truncated }
}
