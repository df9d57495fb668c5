import type { Citation } from '@quory/sdk'
import { createContext, useContext } from 'react'

export interface ShownCitations {
  readonly citations: readonly Citation[]
  readonly open: (citation: Citation) => void
}

const CitationsContext = createContext<ShownCitations>({ citations: [], open: () => undefined })

export const CitationsProvider = CitationsContext.Provider

/** What the message cites, for the markers within its text. */
export function useCitations(): ShownCitations {
  return useContext(CitationsContext)
}
