import type { Quory } from '@quory/sdk'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import type { i18n } from 'i18next'
import { Direction } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { I18nextProvider, useTranslation } from 'react-i18next'
import { createQueryClient } from '../server/query-client.ts'
import { QuoryProvider } from '../server/quory-context.ts'
import { TooltipProvider } from '../ui/Tooltip.tsx'
import { createPageRouter } from './router.tsx'

export function App({ quory, translation }: { readonly quory: Quory; readonly translation: i18n }) {
  const [{ router, queryClient }] = useState(() => {
    const queryClient = createQueryClient({ onSignedOut: () => void askToSignIn() })
    const router = createPageRouter({ quory, queryClient })
    async function askToSignIn(): Promise<void> {
      const { pathname, href } = router.state.location
      if (pathname !== '/sign-in' && pathname !== '/welcome')
        await router.navigate({ to: '/sign-in', search: { next: href } })
    }
    return { router, queryClient }
  })
  return (
    <I18nextProvider i18n={translation}>
      <QuoryProvider value={quory}>
        <QueryClientProvider client={queryClient}>
          <Directed>
            <TooltipProvider>
              <RouterProvider router={router} />
            </TooltipProvider>
          </Directed>
        </QueryClientProvider>
      </QuoryProvider>
    </I18nextProvider>
  )
}

/** Menus, tabs and switches turn with the language: arrow keys and the side on which they open. */
function Directed({ children }: { readonly children: ReactNode }) {
  const { i18n } = useTranslation()
  return <Direction.Provider dir={i18n.dir()}>{children}</Direction.Provider>
}
