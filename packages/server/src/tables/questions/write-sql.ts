import { quoteText } from '../column-sql.ts'
import { type Condition, type Grouping, isText, isTime, type Measure, type TableQuestion } from './table-query.ts'

/** The question in SQL; names need no quotes. */
export function writeSql(question: TableQuestion): string {
  const { table, conditions } = question
  const from = `from ${table.name}`
  const wanted = conditions.map(writeCondition)
  const where = (...more: string[]) => {
    const all = [...wanted, ...more]
    return all.length === 0 ? '' : ` where ${all.join(' and ')}`
  }
  switch (question.type) {
    case 'measure': {
      const groups = question.groups.map(writeGrouping)
      const measure = writeMeasure(question.measure)
      if (groups.length === 0) return `select ${measure} ${from}${where()}`
      const places = groups.map((_, index) => index + 1).join(', ')
      return `select ${[...groups, measure].join(', ')} ${from}${where()} group by ${places} order by ${places}`
    }
    case 'ranking': {
      const order = `order by 2 ${question.direction} nulls last, 1 limit ${question.limit}`
      return `select ${writeGrouping(question.group)}, ${writeMeasure(question.measure)} ${from}${where()} group by 1 ${order}`
    }
    case 'rows':
      return `select * ${from}${where(`${question.column.name} is not null`)} order by ${question.column.name} ${question.direction} limit ${question.limit}`
    case 'extreme': {
      const { column, shown, direction } = question
      const columns = shown === undefined ? '*' : `${shown.name}, ${column.name}`
      const end = `select ${direction === 'desc' ? 'max' : 'min'}(${column.name}) ${from}${where()}`
      return `select ${columns} ${from}${where(`${column.name} = (${end})`)}`
    }
  }
}

function writeMeasure({ aggregate, column, isDistinct }: Measure): string {
  if (column === undefined) return 'count(*) as count'
  const name = `${aggregate === 'avg' ? 'average' : aggregate}_${column.name}`
  if (aggregate === 'count') return `count(${isDistinct ? 'distinct ' : ''}${column.name}) as ${name}`
  return `${aggregate}(${column.name}) as ${name}`
}

function writeGrouping({ column, part }: Grouping): string {
  if (part === 'year') return `year(${column.name}) as year`
  return part === 'month' ? `strftime(${column.name}, '%Y-%m') as month` : column.name
}

function writeCondition({ column, operator, isNegated, values }: Condition): string {
  const { name } = column
  const [first = '', second = ''] = values.map((value) => writeValue(column, value))
  const text = `lower(${name})`
  switch (operator) {
    case 'null':
      return `${name} is ${isNegated ? 'not ' : ''}null`
    case 'year':
      return isNegated ? `year(${name}) <> ${values[0]}` : `year(${name}) = ${values[0]}`
    case 'between':
      return `${name} ${isNegated ? 'not ' : ''}between ${first} and ${second}`
    case 'contains':
      return `${isNegated ? 'not ' : ''}contains(${text}, ${first})`
    case 'starts':
      return `${isNegated ? 'not ' : ''}starts_with(${text}, ${first})`
    default: {
      const sign = isNegated ? opposites[operator] : operator
      // A day of a time is all of its hours.
      const left = isText(column) ? text : isTime(column) && column.type !== 'DATE' ? `cast(${name} as date)` : name
      return `${left} ${sign} ${first}`
    }
  }
}

const opposites = { '=': '<>', '<>': '=', '>': '<=', '>=': '<', '<': '>=', '<=': '>' } as const

function writeValue(column: Condition['column'], value: string): string {
  if (isText(column)) return quoteText(value.toLowerCase())
  return isTime(column) ? `date ${quoteText(value)}` : value
}
