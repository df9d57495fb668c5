import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'

const everyMs = 250
/** Linux's; the few systems with larger ones only get a tighter bound. */
const pageBytes = 4096

/**
 * Calls back once when a process holds more memory than it may. The heap's own limit does not count buffers, which is
 * where what is unpacked from an archive or PDF goes. Only Linux says what another process holds; elsewhere this does nothing.
 */
export function watchMemory(child: ChildProcess, maxMb: number, onExceeded: () => void): () => void {
  if (process.platform !== 'linux') return () => undefined
  const timer = setInterval(async () => {
    const resident = await residentBytes(child.pid)
    if (resident <= maxMb * 1_000_000) return
    clearInterval(timer)
    onExceeded()
  }, everyMs)
  return () => clearInterval(timer)
}

async function residentBytes(pid: number | undefined): Promise<number> {
  try {
    const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')
    return Number(pages) * pageBytes
  } catch (error) {
    // The process has ended in the meantime.
    if (error instanceof Error && 'code' in error) return 0
    throw error
  }
}
