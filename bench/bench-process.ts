import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { fileURLToPath } from 'node:url'

export interface BenchProcess {
  readonly pid: number
  readonly url: string
  [Symbol.asyncDispose](): Promise<void>
}

interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  /** For Node itself, such as `--cpu-prof`. */
  readonly flags?: readonly string[]
}

export const benchKey = 'qk_bench_0123456789abcdefghijklmnopqrstuvwxyz'
const quoryScript = '../packages/server/dist/main.js'

/** Listens on a free port and says where, as `startProcess` expects it. */
export function announce(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (typeof address === 'object') console.log(`ready at http://127.0.0.1:${address?.port}`)
  })
}

/** A script of this folder on the same Node, once it has said where it listens. */
export async function startProcess(
  script: string,
  args: readonly string[] = [],
  options: StartOptions = {},
): Promise<BenchProcess> {
  const { env = {}, flags = [] } = options
  const file = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(process.execPath, [...flags, file, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await readAddress(child, script)
  return { pid: child.pid ?? 0, url, [Symbol.asyncDispose]: () => stopProcess(child) }
}

export function startQuory(
  settings: Readonly<Record<string, string>>,
  { flags = [], args = [] }: { flags?: readonly string[]; args?: readonly string[] } = {},
): Promise<BenchProcess> {
  const env = { PORT: '0', QUORY_API_KEY: benchKey, QUORY_LOG_LEVEL: 'error', ...settings }
  return startProcess(quoryScript, ['serve', ...args], { env, flags })
}

/** Settings that make the bench's model server answer everything, however many ask at once. */
export function modelSettings(model: BenchProcess, name: string): Record<string, string> {
  return { OPENAI_BASE_URL: `${model.url}/v1`, OPENAI_API_KEY: 'none', QUORY_MODEL: `openai/${name}` }
}

function readAddress(child: ChildProcess, script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const url = /ready at (http\S+)\s/.exec(output)?.[1]
      if (url !== undefined) resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`${script} ended with code ${code}: ${output}`)))
  })
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

/** User and system time of a process so far, in milliseconds; Linux counts it in hundredths of a second. */
export function cpuMs(pid: number): number {
  const [user = 0, system = 0] = readTimes(pid)
  return 10 * (user + system)
}

/** The same of a process with its children, those that ended included. */
export function treeCpuMs(pid: number): number {
  const ended = readTimes(pid).slice(2)
  const own = cpuMs(pid) + 10 * ended.reduce((sum, time) => sum + time, 0)
  return own + findChildren(pid).reduce((sum, child) => sum + treeCpuMs(child), 0)
}

/** utime, stime, cutime, cstime. */
function readTimes(pid: number): number[] {
  return readFields(pid).slice(11, 15).map(Number)
}

export function findChildren(pid: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((other) => Number(readFields(other)[1]) === pid)
}

/** `/proc/PID/stat` after the name, which may hold spaces; nothing once the process is gone. */
function readFields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return []
    throw error
  }
}

export function residentMb(pid: number): number {
  return readMb(pid, /VmRSS:\s+(\d+)/)
}

/** The most that was ever resident. */
export function peakMb(pid: number): number {
  return readMb(pid, /VmHWM:\s+(\d+)/)
}

function readMb(pid: number, field: RegExp): number {
  return Number(field.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}
