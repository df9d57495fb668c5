import type { Me } from '@quory/sdk'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Switch } from '../ui/Switch.tsx'
import { TextField } from '../ui/TextField.tsx'
import { Section } from './Section.tsx'

export function ProfileSection({ me }: { readonly me: Me }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const [name, setName] = useState(me.name)
  const { mutate, isPending, variables, error, isSuccess } = useMutation({
    mutationFn: async (body: { name?: string; recalls_other_chats?: boolean }) =>
      dataOf(await quory.api.PATCH('/v1/me', { body })),
    onSuccess: (changed) => queryClient.setQueryData(['me'], changed),
  })
  const recalls = isPending ? (variables.recalls_other_chats ?? me.recalls_other_chats) : me.recalls_other_chats
  return (
    <Section title={t('account.profile')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim() !== '' && !isPending) mutate({ name: name.trim() })
        }}
      >
        <TextField
          label={t('account.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="name"
          maxLength={100}
          required
        />
        <TextField label={t('account.email')} value={me.email} readOnly className="read-only:bg-muted" />
        <div className="flex items-center justify-end gap-3">
          <span role="status" className="text-sm text-muted-foreground">
            {isSuccess && variables.name !== undefined ? t('account.saved') : ''}
          </span>
          <Button type="submit" disabled={name.trim() === me.name || name.trim() === ''} isBusy={isPending}>
            {t('ui.save')}
          </Button>
        </div>
      </form>
      <Switch
        label={t('account.recall')}
        hint={t('account.recallHint')}
        isOn={recalls}
        onChange={(isOn) => mutate({ recalls_other_chats: isOn })}
      />
      {error === null ? null : <ErrorNotice error={error} />}
    </Section>
  )
}
