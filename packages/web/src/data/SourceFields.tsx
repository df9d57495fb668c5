import { QuoryRequestError, type SourceTypeList } from '@quory/sdk'
import { ChevronRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Select } from '../ui/Select.tsx'
import { TextField } from '../ui/TextField.tsx'

type Values = Readonly<Record<string, string>>
type Field = SourceTypeList['data_source_types'][number]['required_fields'][number]

interface SourceFieldsProps {
  readonly fields: readonly Field[]
  readonly values: Values
  readonly onChange: (values: Values) => void
  /** What the server had against them. */
  readonly problem: unknown
  /** Stands among what need not be said. */
  readonly children: ReactNode
}

/** What a kind of source must be told, and folded away, what it may. */
export function SourceFields({ fields, values, onChange, problem, children }: SourceFieldsProps) {
  const { t } = useTranslation()
  const [isOpen, setIsOpen] = useState(false)
  const optional = fields.filter((field) => field.optional)
  const hasProblem = optional.some(({ name }) => problemOf(problem, name) !== undefined)
  const show = (field: Field) => (
    <SourceField
      key={field.name}
      field={field}
      value={values[field.name] ?? ''}
      problem={problemOf(problem, field.name)}
      onChange={(value) => onChange({ ...values, [field.name]: value })}
    />
  )
  return (
    <>
      {fields.filter((field) => !field.optional).map(show)}
      <details
        open={isOpen || hasProblem}
        onToggle={(event) => setIsOpen(event.currentTarget.open)}
        className="group rounded-lg border"
      >
        <summary className="flex cursor-pointer list-none items-center gap-2 rounded-lg px-3 py-2 text-sm font-medium hover:bg-accent [&::-webkit-details-marker]:hidden">
          <ChevronRight
            aria-hidden
            className="size-4 shrink-0 text-muted-foreground transition-transform group-open:rotate-90 rtl:-scale-x-100 rtl:group-open:-rotate-90"
          />
          {t('data.add.more')}
        </summary>
        <div className="grid grid-cols-1 gap-4 border-t p-3">
          {optional.map(show)}
          {children}
        </div>
      </details>
    </>
  )
}

interface SourceFieldProps {
  readonly field: Field
  readonly value: string
  readonly problem: string | undefined
  readonly onChange: (value: string) => void
}

function SourceField({ field, value, problem, onChange }: SourceFieldProps) {
  const { t } = useTranslation()
  const shared = { label: words(field.name), hint: field.description, problem, required: !field.optional, value }
  if (field.options !== undefined) {
    const options = field.options.map((option) => ({ value: option, label: option }))
    return (
      <Select
        {...shared}
        options={[{ value: '', label: t('data.add.usual') }, ...options]}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  }
  return (
    <TextField
      {...shared}
      type={field.type === 'password' ? 'password' : 'text'}
      inputMode={field.type === 'integer' ? 'numeric' : undefined}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** `access_token` and `folder_url` as labels. */
function words(name: string): string {
  const text = name.replaceAll('_', ' ').replace(/\b(url|id)\b/g, (short) => short.toUpperCase())
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function problemOf(error: unknown, field: string): string | undefined {
  return error instanceof QuoryRequestError ? error.fields.find(({ loc }) => loc.at(-1) === field)?.msg : undefined
}
