export { describeTasks, type TaskDrive } from '../conformance.js'
export { asyncFunctions, generators, type Script, type Spelling, type Waited } from '../spelling.js'
