import { expect, test } from 'vitest'
import { startTestApp } from '../../test/app.ts'

test('what machines may ask is published as OpenAPI, true to what they get, and read to people in both languages', async () => {
  const forum = await startTestApp()
  try {
    const guest = await forum.as()
    const published = await guest.get('/api/v1/openapi.json')
    const { openapi, paths, servers } = published.json()
    expect(openapi).toBe('3.1.0')
    expect(servers).toEqual([{ url: 'http://localhost' }])
    expect(Object.keys(paths)).toContain('/api/v1/search')
    const { parameters, responses } = paths['/api/v1/search'].get
    expect(parameters.filter(({ required }: { required: boolean }) => required).map(({ name }: { name: string }) => name)).toEqual(['q'])
    expect(
      parameters.every(
        ({ schema, description }: { schema: { description?: string }; description?: string }) => schema.description ?? description,
      ),
    ).toBe(true)
    const fields = responses['200'].content['application/json'].schema.properties.results.items.properties
    expect(Object.keys(fields)).toEqual(['topicId', 'sourceId', 'title', 'excerpt', 'url', 'answerId', 'label', 'guaranteed', 'solved'])
    for (const [language, words] of [
      ['ja', 'さがす言葉'],
      ['en', 'Words to look for'],
    ] as const) {
      const page = await guest.get('/api/docs', { 'accept-language': language })
      expect(page.body).toContain(words)
      expect(page.body).not.toContain('api.search.')
      expect(page.headers['content-security-policy']).toContain("default-src 'self'")
    }
  } finally {
    await forum.close()
  }
})
