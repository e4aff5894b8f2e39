import { engine } from './sqlite.engine.ts'
import { describeModel } from './model.ts'

describeModel(engine)
