import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const mainScript = fileURLToPath(new URL('../packages/server/dist/main.js', import.meta.url))
const startWithinMs = 60_000

interface NodeOptions {
  readonly name: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
  /** What starts the process in a place of its own, such as another mount namespace. */
  readonly wrapper: readonly string[]
  /** For Node itself. */
  readonly flags: readonly string[]
}

/** A process of the server, started from its command line and treated badly from outside. */
export class ServerNode {
  readonly #options: NodeOptions
  #child: ChildProcess | undefined
  #exited: Promise<void> = Promise.resolve()
  #isEndExpected = false
  #isReady = false
  /** What it did that nobody asked for, such as ending. */
  readonly complaints: string[] = []
  startMs = 0

  constructor(options: NodeOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  get isUp(): boolean {
    return this.#child !== undefined
  }

  /** Takes requests, as far as anybody knows from outside. */
  get isReady(): boolean {
    return this.isUp && this.#isReady
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Resolves when it says that it is ready; a start that fails is tried again, since its database may be away. */
  async start(): Promise<void> {
    const startedAt = Date.now()
    while (!this.isUp) {
      const problem = await this.#spawn()
      if (problem === undefined) break
      if (Date.now() - startedAt > startWithinMs) throw new Error(`${this.name} does not start: ${problem}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    this.startMs = Date.now() - startedAt
  }

  #spawn(): Promise<string | undefined> {
    const { command, env, logFile, wrapper, flags } = this.#options
    const log = openSync(logFile, 'a')
    const [program, ...leading] = [...wrapper, process.execPath]
    const child = spawn(program ?? process.execPath, [...leading, ...flags, mainScript, ...command], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', log],
    })
    closeSync(log)
    this.#child = child
    this.#isEndExpected = false
    this.#isReady = false
    let output = ''
    return new Promise((resolve) => {
      const overdue = setTimeout(() => child.kill('SIGKILL'), startWithinMs)
      child.stdout?.on('data', (chunk) => {
        output += chunk
        if (this.#isReady || !/Quory (is ready|works)/.test(output)) return
        this.#isReady = true
        clearTimeout(overdue)
        resolve(undefined)
      })
      this.#exited = new Promise((exited) => {
        child.once('exit', (code, signal) => {
          clearTimeout(overdue)
          if (this.#child === child) this.#child = undefined
          if (this.#isReady && !this.#isEndExpected)
            this.complaints.push(`${this.name} ended by itself: ${code ?? signal}\n${this.tail()}`)
          if (!this.#isReady) resolve(this.#isEndExpected ? undefined : `ended with ${code ?? signal}: ${this.tail()}`)
          exited()
        })
      })
    })
  }

  /** Sends a signal that ends it and resolves when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#isEndExpected = true
    this.#child?.kill(signal)
    await this.#exited
  }

  /** Sends a signal that it outlives. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void {
    this.#child?.kill(signal)
  }

  residentMb(): number {
    try {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
    } catch {
      return 0
    }
  }

  tail(): string {
    return readFileSync(this.#options.logFile, 'utf8').split('\n').slice(-6).join('\n')
  }
}
