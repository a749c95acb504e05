import type { Product as ProductData, WithContext } from 'schema-dts'
import type { presentProduct } from './present.ts'

type Shown = ReturnType<typeof presentProduct>

/** A product as search engines read it (schema.org `Product`): what its maker says of it. Prices and stars are not ours to tell. */
export function describeProduct(product: Shown, siteUrl: string): WithContext<ProductData> {
  const { name, path, company, category, about, aliases, picture, specs } = product
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name,
    url: siteUrl + path,
    category,
    brand: { '@type': 'Brand', name: company.name },
    manufacturer: { '@type': 'Organization', name: company.name, url: siteUrl + company.path },
    ...(about.length > 0 && { description: about.join('\n') }),
    ...(aliases.length > 0 && { alternateName: aliases }),
    ...(picture && { image: siteUrl + picture.path }),
    ...(specs.length > 0 && { additionalProperty: specs.map(row => ({ '@type': 'PropertyValue' as const, ...row })) }),
  }
}
