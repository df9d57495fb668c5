import { useQuery } from '@tanstack/react-query'
import { SlidersHorizontal } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { modelsQuery } from '../../server/models-query.ts'
import { useQuory } from '../../server/quory-context.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNotice } from '../../ui/ErrorNotice.tsx'
import { Popover } from '../../ui/Popover.tsx'
import { Select } from '../../ui/Select.tsx'
import { TextField } from '../../ui/TextField.tsx'
import { type AnswerOptions, defaultOptions } from '../answer-options.ts'

interface OptionsButtonProps {
  readonly options: AnswerOptions
  readonly onChange: (options: AnswerOptions) => void
}

/** Which model answers, and how. */
export function OptionsButton({ options, onChange }: OptionsButtonProps) {
  const { t } = useTranslation()
  return (
    <Popover
      label={t('conversation.options')}
      trigger={
        <Button look="quiet" size="small" className="min-w-0 shrink px-2" aria-label={t('conversation.options')}>
          <SlidersHorizontal />
          <span className="truncate">{options.model ?? t('conversation.defaultModel')}</span>
        </Button>
      }
    >
      <OptionsForm options={options} onChange={onChange} />
    </Popover>
  )
}

function OptionsForm({ options, onChange }: OptionsButtonProps) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(modelsQuery(useQuory()))
  const names = data?.data.map(({ id }) => id) ?? []
  const listed = options.model === null || names.includes(options.model) ? names : [options.model, ...names]
  return (
    <div className="grid gap-4">
      <Select
        label={t('conversation.model')}
        value={options.model ?? ''}
        options={[
          { value: '', label: t('conversation.defaultModel') },
          ...listed.map((id) => ({ value: id, label: id })),
        ]}
        onChange={({ currentTarget }) => onChange({ ...options, model: currentTarget.value || null })}
      />
      {error === null ? null : <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {(data?.unavailable ?? []).map(({ provider, reason }) => (
        <p key={provider} className="text-xs text-muted-foreground wrap-anywhere">
          {t('conversation.providerAway', { provider, reason })}
        </p>
      ))}
      <TextField
        label={t('conversation.temperature')}
        hint={t('conversation.temperatureHint')}
        type="number"
        min={0}
        max={2}
        step={0.1}
        value={options.temperature ?? ''}
        onChange={({ currentTarget }) => onChange({ ...options, temperature: numberIn(currentTarget, 0, 2) })}
      />
      <TextField
        label={t('conversation.maxTokens')}
        hint={t('conversation.maxTokensHint')}
        type="number"
        min={1}
        step={1}
        value={options.maxTokens ?? ''}
        onChange={({ currentTarget }) => onChange({ ...options, maxTokens: numberIn(currentTarget, 1, 1_000_000) })}
      />
      <Button size="small" onClick={() => onChange(defaultOptions)}>
        {t('conversation.resetOptions')}
      </Button>
    </div>
  )
}

function numberIn({ valueAsNumber }: HTMLInputElement, least: number, most: number): number | null {
  return Number.isNaN(valueAsNumber) ? null : Math.min(Math.max(valueAsNumber, least), most)
}
