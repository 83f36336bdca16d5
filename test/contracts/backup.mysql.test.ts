// needs: mariadb
import { describeBackup } from './backup.contract.ts'
import { mysqlWorld } from './backup.mysql.world.ts'

describeBackup(mysqlWorld)
