import type { Quory } from '@quory/sdk'
import { createContext, useContext } from 'react'

const QuoryContext = createContext<Quory | undefined>(undefined)

export const QuoryProvider = QuoryContext.Provider

/** The server: the page has no other way to it. */
export function useQuory(): Quory {
  const quory = useContext(QuoryContext)
  if (quory === undefined) throw new Error('Not within a QuoryProvider')
  return quory
}
