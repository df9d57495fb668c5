import type { ExternalToast } from 'sonner'

export interface Notice {
  readonly type: 'news' | 'success' | 'problem'
  readonly words: string
  readonly options?: ExternalToast
}

let waiting: readonly Notice[] = []
let show: ((notice: Notice) => void) | undefined
const watchers = new Set<() => void>()

/** Says something in a corner of the page. What shows it is fetched for the first notice. */
export function notify(type: Notice['type'], words: string, options: ExternalToast = {}): void {
  if (show !== undefined) {
    show({ type, words, options })
    return
  }
  waiting = [...waiting, { type, words, options }]
  for (const tell of watchers) tell()
}

export function hasNotices(): boolean {
  return show !== undefined || waiting.length > 0
}

export function watchNotices(onChange: () => void): () => void {
  watchers.add(onChange)
  return () => watchers.delete(onChange)
}

/** From now on notices are shown so, those that waited first. */
export function showNotices(shown: (notice: Notice) => void): () => void {
  show = shown
  for (const notice of waiting) shown(notice)
  waiting = []
  return () => {
    show = undefined
  }
}
