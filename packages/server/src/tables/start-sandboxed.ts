import { type ChildProcess, fork } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type ProgramName, programUrl } from '../program-files.ts'

interface Sandbox {
  /** The process works in it. */
  readonly folder: string
  readonly heapMb: number
  /** The one folder that its JavaScript may write in; none unless named. What DuckDB may open, its settings say. */
  readonly writable?: string
}

/** One of our programs in a process of its own: without our environment, unable to start programs or workers. */
export function startSandboxed(program: ProgramName, { folder, heapMb, writable }: Sandbox): ChildProcess {
  const child = fork(fileURLToPath(programUrl(program)), [], {
    cwd: folder,
    // Copied rather than escaped.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {},
    execArgv: [
      `--max-old-space-size=${heapMb}`,
      '--permission',
      '--allow-fs-read=*',
      ...(writable === undefined ? [] : [`--allow-fs-write=${writable}`]),
      '--allow-addons',
      '--no-warnings',
    ],
  })
  // When the machine runs out of memory, this is the process to end. Only Linux asks.
  if (process.platform === 'linux' && child.pid !== undefined) {
    writeFile(`/proc/${child.pid}/oom_score_adj`, '1000').catch(() => undefined)
  }
  return child
}
