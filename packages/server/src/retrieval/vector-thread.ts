import { Worker } from 'node:worker_threads'
import type { VectorWork, WorkName } from './vector-worker.ts'

// The same folder holds it, as `.ts` from the source and `.js` when built.
const program = new URL(import.meta.url.replace(/vector-thread\.(ts|js)$/, 'vector-worker.$1'))

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/** A thread for arithmetic on vectors, started with the first piece of work. One piece at a time, in the order asked for. */
export class VectorThread {
  #worker: Worker | undefined
  #number = 0
  readonly #waiting = new Map<number, Waiting>()

  run<Name extends WorkName>(
    name: Name,
    input: Parameters<VectorWork[Name]>[0],
  ): Promise<ReturnType<VectorWork[Name]>> {
    this.#worker ??= this.#start()
    const worker = this.#worker
    const number = ++this.#number
    // Keeps the process alive only while somebody waits.
    worker.ref()
    const result = new Promise<ReturnType<VectorWork[Name]>>((resolve, reject) => {
      // The worker answers each number with the result of its work.
      this.#waiting.set(number, { resolve: resolve as Waiting['resolve'], reject })
    })
    worker.postMessage({ number, name, input })
    return result
  }

  #start(): Worker {
    const worker = new Worker(program, { execArgv: [], env: {} })
    worker.on('message', ({ number, result, error }: { number: number; result: never; error?: unknown }) => {
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
    worker.on('exit', (code) => fail(new Error(`the thread for vectors ended with code ${code}`)))
    return worker
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate()
  }
}
