import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { type TestResponse, until } from './start-test-app.ts'

const packageFolder = join(import.meta.dirname, '../..')
/** As `npm run dev` and as `npm start` run it. */
export const programs = {
  sources: join(packageFolder, 'src/main.ts'),
  built: join(packageFolder, 'dist/main.js'),
} as const

export interface ServerProcess {
  readonly child: ChildProcess
  readonly url: string
  readonly output: { stdout: string; stderr: string }
  /** Calls as the administrator. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestResponse>
  kill(signal?: NodeJS.Signals): Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

export const adminKey = 'qk_test_0123456789abcdefghijklmnopqrstuvwxyz'

interface RunningCommand {
  readonly child: ChildProcess
  readonly output: { stdout: string; stderr: string }
  /** The exit code; null when a signal ended it. */
  readonly exit: Promise<number | null>
}

interface ProcessOptions {
  /** Node's own. */
  readonly flags?: readonly string[]
  /** A command that runs it. */
  readonly wrap?: readonly string[]
  /** The built one unless named: it starts sooner. */
  readonly program?: string
}

/** A command of `quory` as a process of its own, on any free port. */
export function runCommandProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { flags = [], wrap = [], program = programs.built }: ProcessOptions = {},
): RunningCommand {
  const [command = process.execPath, ...parameters] = [...wrap, process.execPath, ...flags, program, ...args]
  const child = spawn(command, parameters, {
    env: { PATH: wrap.length === 0 ? '' : '/usr/sbin:/usr/bin:/sbin:/bin', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  return { child, output, exit: new Promise((resolve) => child.once('close', resolve)) }
}

/** `quory serve` as a process of its own, once it listens; disposing kills it. */
export async function startServerProcess(
  env: Readonly<Record<string, string>>,
  { options = [], ...more }: ProcessOptions & { readonly options?: readonly string[] } = {},
): Promise<ServerProcess> {
  const running = runCommandProcess(['serve', ...options], { QUORY_API_KEY: adminKey, ...env }, more)
  const { child, output, exit } = running
  const kill = (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal)
    return exit
  }
  const shown = await until(
    async () => ({ ...output, code: child.exitCode }),
    ({ stdout, code }) => code !== null || /ready at \S+\s/.test(stdout),
    30_000,
  )
  const url = /ready at (\S+)/.exec(shown.stdout)?.[1]
  if (url === undefined) throw new Error(`The server did not start: ${output.stderr}`)
  return {
    child,
    url,
    output,
    call: (method, path, body, headers) => callAsAdministrator(url + path, method, body, headers),
    kill,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) await kill()
    },
  }
}

export async function callAsAdministrator(
  url: string,
  method: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestResponse> {
  const isForm = body instanceof FormData
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${adminKey}`,
      ...(isForm || body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    // As long as the longest test: a reader may wait for a node that was stopped.
    signal: AbortSignal.timeout(120_000),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text }
}
