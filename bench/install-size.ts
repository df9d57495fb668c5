// How much a production install puts on the disk, and what each direct dependency adds that no other needs.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { limit: { type: 'string', default: '300' }, least: { type: 'string', default: '1' } },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const server = 'packages/server'

interface Locked {
  readonly link?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}
type Lock = Readonly<Record<string, Locked>>

/** The lock file's versions, and nothing that only development needs. */
function install(folder: string): Lock {
  for (const name of ['package.json', 'package-lock.json', `${server}/package.json`]) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    cpSync(join(root, name), join(folder, name))
  }
  const options = [
    'install',
    '--omit=dev',
    '--workspace',
    server,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const { status } = spawnSync('npm', options, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`npm install ended with ${status}`)
  return JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')).packages
}

interface Size {
  readonly bytes: number
  readonly onDisk: number
}

/** What a package's own files take; packages nested in it count for themselves. */
function sizeOf(folder: string): Size {
  let bytes = 0
  let onDisk = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && entry.name !== 'node_modules') {
      const inside = sizeOf(path)
      bytes += inside.bytes
      onDisk += inside.onDisk
    } else if (entry.isFile()) {
      const { size, blocks } = statSync(path)
      bytes += size
      onDisk += blocks * 512
    }
  }
  return { bytes, onDisk }
}

/** Where Node finds `name` from a package: beside it, or in a folder further up. */
function resolve(lock: Lock, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (lock[path] !== undefined) return path
    if (folder === '') return undefined
  }
}

function reach(lock: Lock, starts: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const waiting = [...starts]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const { dependencies, optionalDependencies, peerDependencies } = lock[path] ?? {}
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const found = resolve(lock, path, name)
      if (found !== undefined) waiting.push(found)
    }
  }
  return seen
}

/** Packages of one scope come and go together, and so do Google's two. */
function groupOf(path: string): string {
  const name = path.split('node_modules/').at(-1) ?? path
  if (name === 'google-auth-library') return '@googleapis/*'
  return name.startsWith('@') ? `${name.split('/')[0]}/*` : name
}

const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1)

const folder = mkdtempSync(join(tmpdir(), 'quory-install-'))
try {
  const lock = install(folder)
  const installed = Object.keys(lock).filter((path) => lock[path]?.link !== true && path.startsWith('node_modules/'))
  const sizes = new Map(installed.map((path) => [path, sizeOf(join(folder, path))]))
  const sum = (paths: Iterable<string>, of: keyof Size = 'bytes') =>
    [...paths].reduce((total, path) => total + (sizes.get(path)?.[of] ?? 0), 0)
  const { dependencies } = JSON.parse(readFileSync(join(root, server, 'package.json'), 'utf8'))
  const direct = Object.keys(dependencies).flatMap(
    (name) => resolve(lock, server, name) ?? resolve(lock, '', name) ?? [],
  )
  const groups = Map.groupBy(direct, groupOf)
  const rows = [...groups].map(([name, paths]) => {
    const others = reach(
      lock,
      direct.filter((each) => !paths.includes(each)),
    )
    const alone = [...reach(lock, paths)].filter((each) => !others.has(each))
    return { name, bytes: sum(alone), packages: alone.length }
  })
  const shown = rows.filter(({ bytes }) => bytes >= Number(values.least) * 1_000_000)
  console.log('| dependency | MB that it alone brings | packages |\n|---|---|---|')
  for (const { name, bytes, packages } of shown.toSorted((a, b) => b.bytes - a.bytes)) {
    console.log(`| ${name} | ${megabytes(bytes)} | ${packages} |`)
  }
  const total = sum(installed)
  const onDisk = megabytes(sum(installed, 'onDisk'))
  console.log(
    `\n${megabytes(total)} MB in ${installed.length} packages (${onDisk} MB with whole blocks); limit ${values.limit} MB`,
  )
  if (total > Number(values.limit) * 1_000_000) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
