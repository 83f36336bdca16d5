// needs: postgres
import { describeBackup } from './backup.contract.ts'
import { postgresWorld } from './backup.postgres.world.ts'

describeBackup(postgresWorld)
