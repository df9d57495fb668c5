import { type ComponentProps, useId } from 'react'
import { classNames } from './class-names.ts'
import { FieldNote, fieldLook } from './TextField.tsx'

interface SelectProps extends ComponentProps<'select'> {
  readonly label: string
  readonly hint?: string | undefined
  /** What is wrong with what was chosen. */
  readonly problem?: string | undefined
  readonly isLabelHidden?: boolean
  readonly options: readonly { readonly value: string; readonly label: string }[]
}

/** The platform's own: it works with every keyboard, phone and screen reader there is. */
export function Select(select: SelectProps) {
  const { label, hint, problem, isLabelHidden = false, options, className, ...props } = select
  const id = useId()
  const note = problem ?? hint
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      <select
        id={id}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        className={classNames(fieldLook, 'h-9', className)}
        {...props}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <FieldNote id={`${id}-note`} note={note} isProblem={problem !== undefined} />
    </div>
  )
}
