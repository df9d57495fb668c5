import { type Quory, type Source, uploadFile } from '@quory/sdk'

/** A file on its way to the server. What arrived is a source and leaves this list. */
export interface Upload {
  readonly id: string
  readonly projectId: string
  readonly file: File
  readonly state:
    | { readonly type: 'waiting' }
    | { readonly type: 'sending'; readonly part: number }
    | { readonly type: 'failed'; readonly error: unknown }
}

const atOnce = 3

/** The files that are being sent, over all views: leaving the page of a project stops none of them. */
export class UploadList {
  #uploads: readonly Upload[] = []
  readonly #listeners = new Set<() => void>()
  readonly #running = new Map<string, AbortController>()
  readonly #quory: Quory
  readonly #onArrived: (source: Source) => void

  constructor({ quory, onArrived }: { readonly quory: Quory; readonly onArrived: (source: Source) => void }) {
    this.#quory = quory
    this.#onArrived = onArrived
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly read = (): readonly Upload[] => this.#uploads

  add(projectId: string, files: readonly File[]): void {
    const added = files.map(
      (file): Upload => ({ id: crypto.randomUUID(), projectId, file, state: { type: 'waiting' } }),
    )
    this.#set([...this.#uploads, ...added])
    this.#startNext()
  }

  retry(id: string): void {
    this.#change(id, { type: 'waiting' })
    this.#startNext()
  }

  /** Also stops it when it is on its way. */
  remove(id: string): void {
    this.#running.get(id)?.abort()
    this.#set(this.#uploads.filter((upload) => upload.id !== id))
  }

  #startNext(): void {
    for (const upload of this.#uploads) {
      if (this.#running.size >= atOnce) return
      if (upload.state.type === 'waiting') void this.#send(upload)
    }
  }

  async #send({ id, projectId, file }: Upload): Promise<void> {
    const stopping = new AbortController()
    this.#running.set(id, stopping)
    this.#change(id, { type: 'sending', part: 0 })
    try {
      const onProgress = (part: number) => this.#change(id, { type: 'sending', part })
      const source = await uploadFile(this.#quory, { projectId, file, signal: stopping.signal, onProgress })
      this.#onArrived(source)
      this.#set(this.#uploads.filter((upload) => upload.id !== id))
    } catch (error) {
      if (!stopping.signal.aborted) this.#change(id, { type: 'failed', error })
    } finally {
      this.#running.delete(id)
      this.#startNext()
    }
  }

  #change(id: string, state: Upload['state']): void {
    this.#set(this.#uploads.map((upload) => (upload.id === id ? { ...upload, state } : upload)))
  }

  #set(uploads: readonly Upload[]): void {
    this.#uploads = uploads
    for (const listener of this.#listeners) listener()
  }
}
