import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerNode } from './server-node.ts'

/** A file system in memory that can be filled: small enough to fill at once, large enough for a round's data. */
export interface SmallDisk extends AsyncDisposable {
  /** Where the server finds it. */
  readonly folder: string
  /** Where this process finds it. */
  readonly outside: string
  /** What starts a process that can see it. */
  readonly wrapper: readonly string[]
  /** For Node itself. */
  readonly flags: readonly string[]
  /** The server that lives on it. */
  attach(node: ServerNode): void
  fill(leaveBytes: number): void
  free(): void
}

const sizeMb = 96
const mountOptions = ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'quory-chaos']
const isRoot = process.getuid?.() === 0

/** Root mounts one; others need a mount namespace of their own, which not every machine allows. */
export function canMount(): boolean {
  if (process.platform !== 'linux') return false
  return isRoot || spawnSync('unshare', ['-Urm', 'mount', ...mountOptions, '/mnt']).status === 0
}

export async function openSmallDisk(folder: string, isInjected: boolean): Promise<SmallDisk> {
  mkdirSync(folder, { recursive: true })
  if (isInjected) return openInjectedDisk(folder)
  const place = isRoot ? mountHere(folder) : await mountInNamespace(folder)
  const ballast = join(place.outside, 'ballast')
  const free = () => rmSync(ballast, { force: true })
  return {
    folder,
    outside: place.outside,
    wrapper: place.wrapper,
    flags: [],
    attach: () => undefined,
    fill: (leaveBytes) => {
      const { bavail, bsize } = statfsSync(place.outside)
      fillFile(ballast, bavail * bsize - leaveBytes)
    },
    free,
    [Symbol.asyncDispose]: async () => {
      free()
      place.unmount()
    },
  }
}

/** No disk at all: SQLite is told that its file may not grow, and says what it says of a full disk. */
function openInjectedDisk(folder: string): SmallDisk {
  const script = fileURLToPath(new URL('../packages/server/test/support/limit-pages.ts', import.meta.url))
  let server: ServerNode | undefined
  let fullPid: number | undefined
  const toggle = () => {
    if (server?.isReady !== true) return
    fullPid = fullPid === undefined ? server.pid : undefined
    server.signal('SIGUSR2')
  }
  return {
    folder,
    outside: folder,
    wrapper: [],
    flags: ['--import', script],
    attach: (node) => {
      server = node
    },
    fill: toggle,
    free: () => {
      // A server that was killed meanwhile has come back with room.
      if (fullPid === server?.pid) toggle()
      fullPid = undefined
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function mountHere(folder: string) {
  const { status, stderr } = spawnSync('mount', [...mountOptions, folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`No small disk: ${stderr}`)
  return { outside: folder, wrapper: [], unmount: () => void spawnSync('umount', ['-l', folder]) }
}

/** The namespace lives as long as the process that holds it, so that what a killed server wrote stays. */
async function mountInNamespace(folder: string) {
  const script = `mount ${mountOptions.join(' ')} "$0" && echo mounted && exec cat`
  const holder = spawn('unshare', ['-Urm', 'sh', '-c', script, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve())
    holder.once('exit', (code) => reject(new Error(`No small disk: unshare ended with ${code}`)))
  })
  const wrapper = ['nsenter', '--preserve-credentials', '-U', '-m', '-t', String(holder.pid)]
  return { outside: `/proc/${holder.pid}/root${folder}`, wrapper, unmount: () => void holder.stdin.end() }
}

function fillFile(path: string, bytes: number): void {
  const file = openSync(path, 'w')
  const block = Buffer.alloc(65_536)
  try {
    for (let left = bytes; left > 0; left -= block.length) writeSync(file, block, 0, Math.min(left, block.length))
  } catch (error) {
    // Somebody else took the last bytes: full is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(file)
  }
}
