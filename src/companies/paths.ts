type Slugged = { slug: string }

/** Address of a company's page. */
export const companyPath = (company: Slugged) => `/c/${company.slug}`

/** Address of a product's page. */
export const productPath = (company: Slugged, product: Slugged) => `/c/${company.slug}/p/${product.slug}`

/** Address of a page from which a company is run; the first of them without a place. */
export const managePath = (company: Slugged, place = '') => `/c/${company.slug}/manage${place && `/${place}`}`

/** Address of products side by side. */
export const comparePath = (products: { slug: string; company: Slugged }[]) =>
  `/compare?products=${products.map(({ slug, company }) => `${company.slug}/${slug}`).join(',')}`

export const applicationPath = (company: { id: number }) => `/companies/applications/${company.id}`
