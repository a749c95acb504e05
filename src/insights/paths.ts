import { managePath } from '../companies/paths.ts'

/** Address of a company's figures: in its own place, or among the operator's pages. */
export const insightsPath = (company: { id: number; slug: string }, isOperator: boolean) =>
  isOperator ? `/admin/companies/${company.id}/insights` : managePath(company, 'insights')

/** The same with what was chosen; what is the usual choice is left out. */
export function chosenPath(path: string, { days, product }: { days: number; product: number }): string {
  const chosen = new URLSearchParams({ ...(days !== 14 && { days: String(days) }), ...(product > 0 && { product: String(product) }) })
  return chosen.size > 0 ? `${path}?${chosen}` : path
}
