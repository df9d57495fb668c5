import type { TestApp } from './start-test-app.ts'

export interface OpenStream {
  /** Everything that came so far. */
  readonly text: string
  readonly isEnded: boolean
  cut(): void
  /** All of it, once the server has ended it or it was cut. */
  readonly ended: Promise<string>
}

/** Reads an event stream as it comes, after number `after` when one is given. */
export async function openStream(
  app: Pick<TestApp, 'url' | 'adminKey'>,
  path: string,
  after?: number,
  key = app.adminKey,
) {
  const controller = new AbortController()
  const response = await fetch(app.url + path, {
    headers: { authorization: `Bearer ${key}`, ...(after === undefined ? {} : { 'last-event-id': String(after) }) },
    signal: controller.signal,
  })
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  const state = { text: '', isEnded: false }
  const ended = (async () => {
    try {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) state.text += chunk
    } catch (error) {
      if (!controller.signal.aborted) throw error
    }
    state.isEnded = true
    return state.text
  })()
  // Whoever awaits it hears of the error; who cuts and forgets does not.
  ended.catch(() => undefined)
  const stream: OpenStream = {
    get text() {
      return state.text
    },
    get isEnded() {
      return state.isEnded
    },
    cut: () => controller.abort(),
    ended,
  }
  return stream
}

/** The whole frames of a stream that belong to the answer, as the bytes that were sent: what a resumed reader must equal. */
export function framesOf(text: string): string[] {
  return text
    .slice(0, text.lastIndexOf('\n\n') + 2)
    .split(/(?<=\n\n)/)
    .filter((frame) => frame.startsWith('id: '))
}

export function numberOf(frame: string | undefined): number {
  return Number(/^id: (\d+)\n/.exec(frame ?? '')?.[1] ?? 0)
}
