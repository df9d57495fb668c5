import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { SmallDisk } from './world.ts'

const sizeMb = 96

/** A file system in memory of its own; only root may mount one. */
export function canMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0
}

export function openSmallDisk(folder: string): SmallDisk & AsyncDisposable {
  mkdirSync(folder, { recursive: true })
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'quory-chaos', folder], {
    encoding: 'utf8',
  })
  if (mounted.status !== 0) throw new Error(`No small disk: ${mounted.stderr}`)
  const ballast = join(folder, 'ballast')
  const free = () => rmSync(ballast, { force: true })
  return {
    folder,
    fill: (leaveBytes) => {
      const { bavail, bsize } = statfsSync(folder)
      fillFile(ballast, bavail * bsize - leaveBytes)
    },
    free,
    [Symbol.asyncDispose]: async () => {
      free()
      spawnSync('umount', ['-l', folder])
    },
  }
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
