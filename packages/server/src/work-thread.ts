import { parentPort, Worker } from 'node:worker_threads'

/** What a thread can do, by name. Everything passed is plain data, copied from one side to the other. */
export type ThreadWork = Readonly<Record<string, (input: never) => unknown>>

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

interface Answer {
  readonly number: number
  readonly result: never
  readonly error?: unknown
}

/** A thread for long work, started with the first piece. Pieces are begun in the order asked for. */
export class WorkThread<Work extends ThreadWork> {
  readonly #program: URL
  #worker: Worker | undefined
  #number = 0
  readonly #waiting = new Map<number, Waiting>()

  constructor(program: URL) {
    this.#program = program
  }

  run<Name extends keyof Work & string>(
    name: Name,
    input: Parameters<Work[Name]>[0],
  ): Promise<Awaited<ReturnType<Work[Name]>>> {
    this.#worker ??= this.#start()
    const worker = this.#worker
    const number = ++this.#number
    // Keeps the process alive only while somebody waits.
    worker.ref()
    const result = new Promise<Awaited<ReturnType<Work[Name]>>>((resolve, reject) => {
      // The thread answers each number with the result of its work.
      this.#waiting.set(number, { resolve: resolve as Waiting['resolve'], reject })
    })
    worker.postMessage({ number, name, input })
    return result
  }

  #start(): Worker {
    const worker = new Worker(this.#program, { execArgv: [], env: {} })
    worker.on('message', ({ number, result, error }: Answer) => {
      const waiting = this.#waiting.get(number)
      this.#waiting.delete(number)
      if (this.#waiting.size === 0) worker.unref()
      if (error === undefined) waiting?.resolve(result)
      else waiting?.reject(error)
    })
    const fail = (error: unknown) => {
      this.#worker = undefined
      for (const { reject } of this.#waiting.values()) reject(error)
      this.#waiting.clear()
    }
    worker.on('error', fail)
    worker.on('exit', (code) => fail(new Error(`a thread ended with code ${code}`)))
    return worker
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate()
  }
}

/** The thread's side: does what it is asked and answers. */
export function serveWork(work: ThreadWork): void {
  parentPort?.on('message', async ({ number, name, input }: { number: number; name: string; input: never }) => {
    try {
      parentPort?.postMessage({ number, result: await work[name]?.(input) })
    } catch (error) {
      parentPort?.postMessage({ number, error })
    }
  })
}
