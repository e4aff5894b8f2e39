import { newFile } from './engines.ts'
import { itSurvivesPoison } from './poison.ts'

describe('poison with the engine sqlite', () => {
  itSurvivesPoison('sqlite', newFile)
})
