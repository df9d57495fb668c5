import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useQuory } from './quory-context.ts'

/** Ends this browser's session, or all of the user's, and leaves nothing of theirs on the screen. */
export function useSignOut() {
  const quory = useQuory()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: async ({ everywhere }: { readonly everywhere: boolean }) =>
      everywhere ? await quory.api.POST('/v1/auth/sign-out-everywhere') : await quory.api.POST('/v1/auth/sign-out'),
    onSuccess: async () => {
      await navigate({ to: '/sign-in' })
      queryClient.clear()
    },
  })
}
