import { z } from 'zod'
import { findHead, type GitHubClient, hasTree, type Repository } from './github-client.ts'

const head = z.object({ branch: z.string(), commit: z.string(), tree: z.string(), pushedAt: z.string().nullable() })
const cursorShape = z.object({ asked: z.string(), heads: z.record(z.string(), head) })

/** The newest commit of a repository's branch at a listing. */
export type Head = z.infer<typeof head>
/** By full name. A repository without the branch has none. */
export type Heads = Readonly<Record<string, Head>>

/** What an earlier listing left behind: what was asked for then, and the heads it listed. */
export type Cursor = z.infer<typeof cursorShape>

export function readCursor(text: string | null): Cursor | undefined {
  if (text === null) return undefined
  try {
    return cursorShape.safeParse(JSON.parse(text)).data
  } catch {
    // Not one of ours: everything is listed.
    return undefined
  }
}

/** A time that is still the current second may stand for a later push too. */
const settledMs = 60_000

/** Asks only where something was pushed since: a thousand quiet repositories cost ten requests, not a thousand. */
export async function findHeads(
  client: GitHubClient,
  repositories: readonly Repository[],
  { branch, earlier, signal }: { branch: string | undefined; earlier: Heads; signal: AbortSignal },
): Promise<Heads> {
  const heads: Record<string, Head> = {}
  for (const repository of repositories) {
    const { fullName, defaultBranch, pushedAt } = repository
    const wanted = branch ?? defaultBranch
    const old = earlier[fullName]
    if (old !== undefined && old.branch === wanted && old.pushedAt !== null && old.pushedAt === pushedAt) {
      heads[fullName] = old
      continue
    }
    const found = await findHead(client, repository, { branch: wanted, signal })
    const isSettled = pushedAt !== null && Date.now() - Date.parse(pushedAt) > settledMs
    if (found !== undefined) heads[fullName] = { ...found, branch: wanted, pushedAt: isSettled ? pushedAt : null }
  }
  return heads
}

/** Whether what changed can be told from the earlier heads: no repository is gone, and the old trees are still there. */
export async function areComparable(
  client: GitHubClient,
  repositories: readonly Repository[],
  { earlier, heads, signal }: { earlier: Heads; heads: Heads; signal: AbortSignal },
): Promise<boolean> {
  const byName = new Map(repositories.map((each) => [each.fullName, each]))
  for (const [fullName, old] of Object.entries(earlier)) {
    const repository = byName.get(fullName)
    const now = heads[fullName]
    if (repository === undefined || now === undefined) return false
    if (now.tree !== old.tree && !(await hasTree(client, repository, { tree: old.tree, signal }))) return false
  }
  return true
}
