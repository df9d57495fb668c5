import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ReaderJob, ReaderResult } from './reader-client.ts'
import type { StreamJob, StreamResult } from './stream-client.ts'

/** Runs streams from a client process of its own. */
export function runStreams(job: StreamJob): Promise<StreamResult> {
  // Sent by stream-client.ts as this very type.
  return runClient('stream-client.ts', job) as Promise<StreamResult>
}

export function runReaders(job: ReaderJob): Promise<ReaderResult> {
  // Sent by reader-client.ts as this very type.
  return runClient('reader-client.ts', job) as Promise<ReaderResult>
}

function runClient(script: string, job: StreamJob | ReaderJob): Promise<unknown> {
  const client = fork(fileURLToPath(new URL(script, import.meta.url)))
  return new Promise((resolve, reject) => {
    client.once('message', (result) => {
      client.disconnect()
      resolve(result)
    })
    client.once('exit', (code) => reject(new Error(`${script} ended with code ${code}`)))
    client.send(job)
  })
}
