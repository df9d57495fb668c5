export interface RepositoryAddress {
  readonly owner: string
  readonly repository: string
  /** Undefined: the default branch. */
  readonly branch: string | undefined
  /** Undefined: all of it. */
  readonly folder: string | undefined
}

/** First parts of addresses at github.com that are no owner's. */
const ownPages = new Set(
  `about apps codespaces collections contact customer-stories dashboard enterprise events explore features issues login
  marketplace new notifications organizations orgs pricing pulls readme search security sessions settings signup site
  sponsors stars team topics trending users`.split(/\s+/),
)

/**
 * The repository whose page an address at github.com is, or the page of one of its branches, or of a folder there;
 * undefined for all else.
 */
export function findRepositoryAddress(text: string): RepositoryAddress | undefined {
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`)
  if (
    url === null ||
    url.port !== '' ||
    url.username !== '' ||
    url.password !== '' ||
    !/^(?:www\.)?github\.com$/.test(url.hostname)
  )
    return undefined
  const parts = url.pathname.split('/').filter((part) => part !== '')
  const [owner = '', name = '', tree, branch, ...folders] = parts
  const isRepository = parts.length === 2 || (parts.length >= 4 && tree === 'tree')
  const repository = name.replace(/\.git$/, '')
  if (!isRepository || ownPages.has(owner.toLowerCase())) return undefined
  if (!/^[\w-]{1,100}$/.test(owner) || !/^[\w.-]{1,100}$/.test(repository)) return undefined
  const folder = folders.map(decoded).join('/')
  // A source lists its folders with commas between them.
  if (/[,\n]/.test(folder)) return undefined
  return {
    owner,
    repository,
    branch: branch === undefined ? undefined : decoded(branch),
    folder: folder === '' ? undefined : folder,
  }
}

/** A branch `fix/login` is written with `%2F`, or it would be a folder of a branch `fix`. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (error) {
    if (error instanceof URIError) return part
    throw error
  }
}
