import { expect } from 'chai'
import { createApi } from '../../core/admin/api/api.ts'
import type { ApiDeps } from '../../core/admin/api/deps.ts'
import { documented } from '../admin/support.ts'

describe('the OpenAPI document', () => {
  it('has the paths that the admin listener answers, and no other', () => {
    const { routes } = createApi({} as ApiDeps)
    const answered = routes.map(({ method, path }) => `${method} ${path}`)
    expect(documented).to.have.members([...answered, 'POST /api/login', 'POST /api/logout'])
  })
})
