import { type ComponentProps, useId } from 'react'
import { classNames } from './class-names.ts'
import { fieldLook } from './TextField.tsx'

interface SelectProps extends ComponentProps<'select'> {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly options: readonly { readonly value: string; readonly label: string }[]
}

/** The platform's own: it works with every keyboard, phone and screen reader there is. */
export function Select({ label, isLabelHidden = false, options, className, ...props }: SelectProps) {
  const id = useId()
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      <select id={id} className={classNames(fieldLook, 'h-9', className)} {...props}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  )
}
